package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * Fair slack, the default: deadlines decide, but only among tenants that have not had too much. See
 * docs/adr/0011-fair-slack.md for the proofs.
 *
 * <ul>
 *   <li>Counters as in {@link VtcPolicy} ({@link ServiceAccounts}).
 *   <li>A tenant is open while its counter is at most {@code least + D}: least of the tenants that
 *       wait, D the window. Of the open tenants' first requests, the least slack is next ({@link
 *       LatestStart}); a tenant's own requests are ordered by the same key.
 *   <li>A tenant that comes back is lifted to the least less B, the credit: who left some of its
 *       share unused goes first for a bounded amount, so a burst does not wait in turn with a
 *       flood.
 *   <li>Running requests are served in three groups, each by the deadline of the next token: of
 *       tenants below all that wait, of open ones, of barred ones. So victims come from tenants
 *       that have had too much, with the most slack.
 *   <li>At the cap on running requests and in memory, a running request gives way to the head if
 *       its tenant has more running, by weight, even after the exchange, and has been given no
 *       less; and if it was preempted fewer than {@value #MOST_PREEMPTIONS} times. After the
 *       exchange the opposite one is not allowed, so nobody is thrown out in turns.
 * </ul>
 *
 * <p>While one tenant has the worker alone, slack decides within it: a request gives way to one
 * whose next token is due 10 s before its own, at most {@value #MOST_PREEMPTIONS} times as well,
 * and waits by the deadline of its next token, behind newcomers that are due before.
 *
 * <p><b>Service bound:</b> with U as in {@link VtcPolicy} and W the larger of D and B, no counter
 * of a waiting tenant is more than {@code W + U} above the least; so two tenants that wait all the
 * time differ by at most {@code 2 (W + U)} in service by weight, and D = B = 0 is VTC with
 * deadlines within each tenant. That includes a tenant whose queue runs empty for a moment while it
 * has requests running.
 *
 * <p><b>Waiting bound:</b> while the first request of the tenant with the least counter waits,
 * every other tenant is admitted requests worth at most {@code D} and one more, by weight. Within a
 * tenant a request waits for those due up to {@code lostMillis} after it.
 *
 * <p><b>Not gamed:</b> long prompts and many requests raise the counter as they are admitted, and
 * nothing but the counter opens the window; nobody who still runs is lifted past the counter they
 * were admitted with. A cancelled stream has paid for what was computed and is in flight. A false
 * deadline moves a request ahead within its tenant's window, D, and not beyond.
 */
final class FairSlackPolicy implements SchedulingPolicy, TenantRule {
  /** Above this a request does not give way. */
  static final int MOST_PREEMPTIONS = 2;

  /* As long as the default resume bound: who gave way goes on before it lacks a token. */
  private static final long GIVES_WAY_NANOS = 10_000_000_000L;

  /* A client that reads its answer and asks again is back by then. */
  private static final long EXPECTED_NANOS = 10_000_000_000L;

  private static final int PASSES = 4;

  private static final int BELOW = -1;
  private static final int OPEN = 0;
  private static final int BARRED = 1;

  /* More than any deadline, far from an overflow. */
  private static final long GROUP_NANOS = 1L << 61;

  private final ServiceAccounts accounts;
  private final double window;
  private final Deadlines deadlines;
  private final LatestStart starts;
  private final TenantQueues waiting;
  private long now;
  private long expectedUntilNanos = Long.MIN_VALUE;

  FairSlackPolicy(
      ServiceAccounts accounts,
      double window,
      double credit,
      Deadlines deadlines,
      LatestStart starts) {
    this.accounts = accounts;
    this.window = window;
    this.deadlines = deadlines;
    this.starts = starts;
    waiting = new TenantQueues(accounts, this);
    accounts.tell(waiting);
    accounts.lend(credit);
  }

  @Override
  public String name() {
    return "fair-slack";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public void stepBegins(long step, long now, double nanosPerToken) {
    this.now = now;
    deadlines.estimate(nanosPerToken);
  }

  @Override
  public double limit(double leastCounter) {
    return leastCounter + window;
  }

  @Override
  public long key(Ticket ticket) {
    Request request = ticket.request;
    if (request.place().gaveWay() && accounts.alone(ticket.account)) {
      return deadlines.latestStart(request);
    }
    return starts.key(ticket);
  }

  @Override
  public long keyNow(Ticket first, long key, long now) {
    return starts.keyNow(first, key, now);
  }

  @Override
  public long rank(Request request) {
    int group = group(request);
    if (group == BELOW) {
      expectedUntilNanos = now + EXPECTED_NANOS;
      Ticket.of(request).account.expectedUntilNanos = expectedUntilNanos;
    }
    return deadlines.nextToken(request) + group * GROUP_NANOS;
  }

  /** While anybody waits and another tenant's requests were below them of late. */
  @Override
  public boolean leavesRoom(Request request) {
    return now < expectedUntilNanos
        && now >= Ticket.of(request).account.expectedUntilNanos
        && accounts.leastCounter() < Double.POSITIVE_INFINITY;
  }

  /** Below all tenants that wait, open, or barred. One group while nobody waits. */
  @Override
  public int group(Request request) {
    double counter = Ticket.of(request).account.counter;
    double least = accounts.leastCounter();
    if (counter < least) {
      return least == Double.POSITIVE_INFINITY ? OPEN : BELOW;
    }
    return counter <= limit(least) ? OPEN : BARRED;
  }

  /** Tenants that have had too much lose first; among their requests slack is weighed with cost. */
  @Override
  public boolean interchangeable(Request earlier, Request later) {
    return group(earlier) == group(later);
  }

  @Override
  public boolean givesWay(Request running, Request head, long now) {
    Ticket loser = Ticket.of(running);
    Ticket winner = Ticket.of(head);
    TenantAccount from = loser.account;
    TenantAccount to = winner.account;
    if (LatestStart.isLost(winner) || running.times().preemptions() >= MOST_PREEMPTIONS) {
      return false;
    }
    if (from == to) {
      return accounts.alone(from)
          && deadlines.nextToken(running) - deadlines.nextToken(head) > GIVES_WAY_NANOS;
    }
    return from.counter >= to.counter
        && (from.running - 1) / from.weight() >= (to.running + 1) / to.weight();
  }

  /** Within a tenant nobody gives way for a place alone: only the memory is worth the trip. */
  @Override
  public boolean givesPlace(Request running, Request head) {
    return Ticket.of(running).account != Ticket.of(head).account;
  }

  @Override
  public int passes() {
    return PASSES;
  }
}
