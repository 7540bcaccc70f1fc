package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * Least slack first: the request whose computing must begin first is next, by its deadline and the
 * measured cost of its prompt (earliest deadline first with service times; Liu and Layland 1973).
 * Those that cannot make it any more go back by a fixed time. Running ones are served by the
 * deadline of their next token. Knows no tenants: who states the tighter deadline is served.
 *
 * <p><b>Bound:</b> a request waits for those whose latest start is less than {@code lostMillis}
 * after its own, and for nobody else: what arrives later than {@code TTFT + lostMillis} after it
 * goes behind it, whatever its deadline, unless its prompt takes longer than {@code lostMillis}.
 */
final class SlackPolicy implements SchedulingPolicy, TenantRule {
  private static final int PASSES = 4;

  private final Deadlines deadlines;
  private final LatestStart starts;
  private final TenantQueues waiting;

  SlackPolicy(ServiceAccounts accounts, Deadlines deadlines, LatestStart starts) {
    this.deadlines = deadlines;
    this.starts = starts;
    waiting = new TenantQueues(accounts, this);
    accounts.tell(waiting);
  }

  @Override
  public String name() {
    return "slack";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public void stepBegins(long step, long now, double nanosPerToken) {
    deadlines.estimate(nanosPerToken);
  }

  @Override
  public double limit(double leastCounter) {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public long key(Ticket ticket) {
    return starts.key(ticket);
  }

  @Override
  public long keyNow(Ticket first, long key, long now) {
    return starts.keyNow(first, key, now);
  }

  @Override
  public long rank(Request request) {
    return deadlines.nextToken(request);
  }

  /** The slack of each is weighed with the cost. */
  @Override
  public boolean interchangeable(Request earlier, Request later) {
    return true;
  }

  @Override
  public int passes() {
    return PASSES;
  }
}
