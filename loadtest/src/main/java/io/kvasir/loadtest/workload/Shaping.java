package io.kvasir.loadtest.workload;

import java.util.Set;

/**
 * How a run departs from its workload. Every departure is stated in the report.
 *
 * @param timeScale factor on all times: 0.1 replays ten times as fast
 * @param lengthScale factor on prompt and output lengths
 * @param limit most arrivals
 * @param durationNanos arrivals later than this are left out
 * @param contextTokens prompt and output together are cut to fit; 0: not cut
 * @param tenants only these; empty: all
 */
public record Shaping(
    double timeScale,
    double lengthScale,
    long limit,
    long durationNanos,
    int contextTokens,
    Set<String> tenants) {
  /** The workload as it is. */
  public static final Shaping NONE = new Shaping(1, 1, Long.MAX_VALUE, Long.MAX_VALUE, 0, Set.of());

  /** Refuses impossible factors. */
  public Shaping {
    requireFactor("time scale", timeScale);
    requireFactor("length scale", lengthScale);
    if (limit < 0 || durationNanos < 0 || contextTokens < 0 || contextTokens == 1) {
      throw new IllegalArgumentException("limit, duration or context below its minimum");
    }
    tenants = Set.copyOf(tenants);
  }

  private static void requireFactor(String name, double factor) {
    if (!(factor > 0 && factor <= 1e9)) {
      throw new IllegalArgumentException(name + " is " + factor + ", not in (0, 1e9]");
    }
  }
}
