package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.Standing;

/**
 * What is remembered of one request from its arrival to its end: whose it is, what was charged for
 * it in advance, and what its policy ranks it by. Confined to the scheduler loop.
 */
final class Ticket extends HeapNode implements Standing {
  final Request request;
  final TenantAccount account;

  /* Prompt charged at admission and not computed yet, in weighted tokens. */
  double inputDue;

  /* The tenant's weight when that was charged. */
  double dueWeight = 1;

  /* Of the policy in use. */
  boolean lost;
  int level;
  double usedInLevel;
  long epoch;
  long drawn;

  Ticket(Request request, TenantAccount account) {
    this.request = request;
    this.account = account;
  }

  /**
   * The ticket of a request that has arrived.
   *
   * @throws IllegalStateException if it has not
   */
  static Ticket of(Request request) {
    if (request.place().standing() instanceof Ticket ticket) {
      return ticket;
    }
    throw new IllegalStateException("never arrived: " + request);
  }

  @Override
  public String toString() {
    return request.toString();
  }
}
