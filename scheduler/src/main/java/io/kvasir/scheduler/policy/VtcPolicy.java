package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * The virtual token counter: the tenant that was given least, by weight, is next; among its own
 * requests, first come, first served ("Fairness in Serving Large Language Models", OSDI'24,
 * algorithm 2; with weights, section 4.4). Work conserving; who runs is not preempted for who
 * waits. Who still runs is lifted less than there; see {@link ServiceAccounts}.
 *
 * <p><b>Bound</b> (theorem 4.4 there): let U = max(w_in · L, w_out · M) with L the longest prompt
 * and M the tokens that fit the pool. Two tenants that wait all the time are given service by
 * weight that differs by at most 2U in any interval; a tenant that waits all the time is behind any
 * other by at most 4U. No policy without preemption does better than w_out · M.
 */
final class VtcPolicy implements SchedulingPolicy, TenantRule {
  private final TenantQueues waiting;

  VtcPolicy(ServiceAccounts accounts) {
    waiting = new TenantQueues(accounts, this);
    accounts.tell(waiting);
  }

  @Override
  public String name() {
    return "vtc";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public double limit(double leastCounter) {
    return leastCounter;
  }

  @Override
  public long key(Ticket ticket) {
    return ticket.request.arrival();
  }

  @Override
  public long rank(Request request) {
    return request.arrival();
  }
}
