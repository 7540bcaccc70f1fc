package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * Deficit longest prefix match ("Locality-aware Fair Scheduling in LLM Serving", arXiv 2501.14312):
 * of the tenants that have quantum left, the request with the longest cached prefix is next; when
 * none has any left, all that wait are given another quantum Q. Prefixes are shared within a tenant
 * only, so this keeps a tenant's conversation warm at the price of up to a quantum of unfairness.
 *
 * <p>Service is charged to the counters of the books, so the deficit of a tenant is {@code granted
 * - counter} with one {@code granted} for all: the lift on idle → active gives a new tenant what
 * the neediest one has left.
 *
 * <p><b>Bound</b> (theorem 1 there): two tenants that wait all the time differ by at most 2(U + Q)
 * in service by weight, U as in {@link VtcPolicy}.
 *
 * <p>What the cache holds is looked up when a request begins to wait and again when it is first, at
 * most once per request and {@value #PROBES} times per step; in between it is what it was then.
 */
final class DlpmPolicy implements SchedulingPolicy, TenantRule {
  static final int PROBES = 8;

  private final double quantum;
  private final TenantQueues waiting;
  private PrefixProbe prefixes = PrefixProbe.NONE;
  private double granted;
  private long step;
  private int probes;

  DlpmPolicy(ServiceAccounts accounts, double quantum) {
    this.quantum = quantum;
    waiting = new TenantQueues(accounts, this);
    accounts.tell(waiting);
  }

  @Override
  public String name() {
    return "dlpm";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public void connected(PrefixProbe probe) {
    prefixes = probe;
  }

  @Override
  public void stepBegins(long begun, long now, double nanosPerToken) {
    step = begun + 1;
    probes = PROBES;
  }

  @Override
  public double limit(double leastCounter) {
    if (leastCounter >= granted) {
      granted += quantum * (Math.floor((leastCounter - granted) / quantum) + 1);
    }
    // Who has spent all of it has nothing left.
    return Math.max(leastCounter, Math.nextDown(granted));
  }

  @Override
  public long key(Ticket ticket) {
    ticket.epoch = step;
    return -prefixes.cachedTokens(ticket.request);
  }

  @Override
  public long keyNow(Ticket first, long key, long now) {
    if (first.epoch == step || probes == 0) {
      return key;
    }
    probes--;
    return key(first);
  }

  @Override
  public long rank(Request request) {
    return request.arrival();
  }

  /** What runs was paid for at admission; the order says nothing. */
  @Override
  public boolean interchangeable(Request earlier, Request later) {
    return true;
  }
}
