package io.kvasir.scheduler.policy;

/**
 * The key of policies that serve by slack: the time at which computing must begin. A new request
 * for which that has passed is lost: it cannot make its deadline, and serving it first would cost
 * the next one its own (the domino of earliest-deadline-first under overload). It goes back by
 * {@code lostNanos}, once, and no further: everything that is due later than that goes behind it.
 * One that ran already keeps the place it came with, before all that is due later than its first
 * token was. Confined to the scheduler loop.
 */
final class LatestStart {
  private final Deadlines deadlines;
  private final long lostNanos;

  LatestStart(Deadlines deadlines, long lostNanos) {
    this.deadlines = deadlines;
    this.lostNanos = lostNanos;
  }

  long key(Ticket ticket) {
    if (ticket.request.admissions() > 0) {
      return deadlines.firstToken(ticket.request);
    }
    return deadlines.latestStart(ticket.request) + (ticket.lost ? lostNanos : 0);
  }

  /** Whether it was found not to make its deadline, and has never run. */
  static boolean isLost(Ticket ticket) {
    return ticket.lost && ticket.request.admissions() == 0;
  }

  long keyNow(Ticket ticket, long key, long now) {
    if (ticket.lost || ticket.request.admissions() > 0 || key >= now) {
      return key;
    }
    ticket.lost = true;
    return key + lostNanos;
  }
}
