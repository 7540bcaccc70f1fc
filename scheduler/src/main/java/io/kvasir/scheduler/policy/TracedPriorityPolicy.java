package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * Priorities that change by a trace, to exercise preemption: the load of FastSwitch's evaluation
 * (arXiv 2411.18424, section 5.1: random and Markov patterns, updated with a frequency per
 * iteration of 0.02 to 0.04). Every {@code 1 / frequency} steps every request draws a rank, or, in
 * the Markov pattern, keeps the old one with the probability {@link #STAY}. The highest run; the
 * others give way at once.
 *
 * <p>A draw depends on the seed, the request's number and the update only, so the trace is the same
 * whatever is done with it. <b>Bound:</b> none on waiting but the draw: with n requests in the
 * system and room for m of them, a request runs after an update with probability m / n.
 *
 * <p>An update costs O(n) for n waiting requests, as the definition says; all else is O(log n).
 */
final class TracedPriorityPolicy implements SchedulingPolicy {
  /** Probability of keeping the rank at an update of the Markov pattern. */
  static final double STAY = 0.8;

  private static final long MOST_UPDATES = 64;
  private static final long STEP = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private final TracePattern pattern;
  private final long seed;
  private final double frequency;
  private final HeapQueue waiting = new HeapQueue(this::rank);
  private long epoch;

  /**
   * The policy.
   *
   * @param frequency updates per step, above 0 and at most 1
   */
  TracedPriorityPolicy(TracePattern pattern, long seed, double frequency) {
    this.pattern = pattern;
    this.seed = seed;
    this.frequency = frequency;
  }

  @Override
  public String name() {
    return "traced";
  }

  @Override
  public WaitingQueue waiting() {
    return waiting;
  }

  @Override
  public void stepBegins(long step, long now, double nanosPerToken) {
    long current = 1 + (long) (step * frequency);
    if (current != epoch) {
      epoch = current;
      waiting.rekey();
    }
  }

  @Override
  public long rank(Request request) {
    Ticket ticket = Ticket.of(request);
    if (ticket.epoch != epoch) {
      if (pattern == TracePattern.RANDOM || ticket.epoch == 0) {
        ticket.drawn = draw(request, epoch);
      } else {
        walk(ticket);
      }
      ticket.epoch = epoch;
    }
    return ticket.drawn;
  }

  /** The trace is to be followed, whatever comes of it. */
  @Override
  public boolean putsResumesFirst() {
    return false;
  }

  @Override
  public boolean givesWay(Request running, Request head, long now) {
    return rank(head) < rank(running);
  }

  /* Longer ago than that, the old rank is forgotten with near certainty. */
  private void walk(Ticket ticket) {
    for (long e = Math.max(ticket.epoch, epoch - MOST_UPDATES) + 1; e <= epoch; e++) {
      long coin = mix(draw(ticket.request, e) + STEP);
      if ((coin >>> 11) * UNIT >= STAY) {
        ticket.drawn = draw(ticket.request, e);
      }
    }
  }

  private long draw(Request request, long update) {
    return mix(mix(seed + request.arrival() * STEP) + update * STEP) >>> 1;
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
