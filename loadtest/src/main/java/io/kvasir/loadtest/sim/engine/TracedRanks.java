package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.workload.Randomness;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.TracePattern;

/**
 * Priorities that are drawn anew by a trace, for the model of another engine: as Kvasir's traced
 * policy draws them (random, or mostly kept), every {@code 1 / frequency} steps. A draw depends on
 * the seed, the request's number and the update only. Confined to one thread.
 */
final class TracedRanks {
  /** Probability of keeping the rank at an update of the Markov pattern, as Kvasir's policy. */
  private static final double STAY = 0.8;

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final PolicySettings settings;
  private long epoch;

  TracedRanks(PolicySettings settings) {
    this.settings = settings;
  }

  /** A step begins. */
  void stepBegins(long step) {
    epoch = 1 + (long) (step * settings.traceFrequency());
  }

  /** Draws the ranks that are due; smaller runs first. */
  void refresh(VllmSequence sequence) {
    for (long each = sequence.rankEpoch == 0 ? epoch : sequence.rankEpoch + 1;
        each <= epoch;
        each++) {
      boolean keeps =
          settings.tracePattern() == TracePattern.MARKOV
              && sequence.rankEpoch != 0
              && new Randomness(draw(sequence.number, each) + 1).nextDouble() < STAY;
      if (!keeps) {
        sequence.rank = draw(sequence.number, each) >>> 1;
      }
      sequence.rankEpoch = each;
    }
  }

  private long draw(long number, long update) {
    long request = Randomness.mix(settings.traceSeed() + number * GAMMA);
    return Randomness.mix(request + update * GAMMA);
  }
}
