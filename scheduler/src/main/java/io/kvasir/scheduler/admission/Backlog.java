package io.kvasir.scheduler.admission;

import java.util.TreeMap;

/**
 * How long a request would wait for its turn: prompt tokens before it, by the measured speed of
 * computing them. Guarded by {@link Admission}, except what the scheduler loop measured.
 *
 * <p>Rather too short than too long, for nobody is to be refused for nothing: what running requests
 * will generate does not count, nor do waits for memory; a queued prompt counts only as far as the
 * latest ones were not found in a cache; and before anything was measured nobody waits. But where a
 * policy serves later requests of a tenant first, because they are due sooner or are shorter, what
 * the tenant sent before counts all the same.
 */
final class Backlog {
  private static final double NEW_SHARE = 0.05;
  private static final double NANOS_PER_MILLI = 1e6;

  /** As of the scheduler loop's last report. */
  private record Pace(double nanosPerToken, long runningTokens) {}

  private final BacklogOrder order;
  private final TreeMap<Integer, Long> queuedByPriority = new TreeMap<>();
  private long queuedTokens;
  private double promptTokens;
  private double computedTokens;
  private volatile Pace pace = new Pace(Double.NaN, 0);

  Backlog(BacklogOrder order) {
    this.order = order;
  }

  /**
   * What the scheduler loop measured. Any thread.
   *
   * @param nanosPerToken to compute one more prompt token; NaN: unknown
   * @param runningTokens prompt tokens of running requests that are not computed yet
   */
  void measured(double nanosPerToken, long runningTokens) {
    pace = new Pace(nanosPerToken, runningTokens);
  }

  /** A request waits. */
  void add(int tokens, int priority) {
    queuedTokens += tokens;
    if (order == BacklogOrder.PRIORITY) {
      queuedByPriority.merge(priority, (long) tokens, Long::sum);
    }
  }

  /** A request waits no more. */
  void remove(int tokens, int priority) {
    queuedTokens -= tokens;
    if (order == BacklogOrder.PRIORITY) {
      queuedByPriority.compute(
          priority, (p, sum) -> sum == null || sum == tokens ? null : sum - tokens);
    }
  }

  /** A request is over that had its turn; so much of its prompt did not have to be computed. */
  void computed(int tokens, int cachedTokens) {
    promptTokens += NEW_SHARE * (tokens - promptTokens);
    computedTokens += NEW_SHARE * (tokens - cachedTokens - computedTokens);
  }

  /**
   * How long until a request's turn, milliseconds.
   *
   * @param priority its
   * @param ownTokens prompt tokens of its tenant's requests that wait
   * @param share of its tenant among those that wait, above 0 to 1
   */
  double waitMillis(int priority, long ownTokens, double share) {
    Pace now = pace;
    double computed = promptTokens == 0 ? 0 : computedTokens / promptTokens;
    double all = queuedTokens * computed + now.runningTokens;
    double before =
        switch (order) {
          case ARRIVAL -> all;
          case PRIORITY -> {
            long sum = 0;
            for (long tokens : queuedByPriority.tailMap(priority, true).values()) {
              sum += tokens;
            }
            yield sum * computed;
          }
          case SHARES -> Math.min(all, ownTokens * computed / share);
        };
    return Double.isNaN(now.nanosPerToken) ? 0 : before * now.nanosPerToken / NANOS_PER_MILLI;
  }
}
