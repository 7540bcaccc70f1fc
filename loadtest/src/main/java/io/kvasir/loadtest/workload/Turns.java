package io.kvasir.loadtest.workload;

/**
 * The turns of a conversation: each repeats what was said before and adds to it.
 *
 * @param count turns per conversation
 * @param thinkSeconds mean time from one turn to the next, exponentially distributed
 */
public record Turns(LengthDistribution count, double thinkSeconds) {
  /** Single requests. */
  public static final Turns ONE = new Turns(new LengthDistribution.Constant(1), 0);

  /** Refuses a negative time. */
  public Turns {
    if (!(thinkSeconds >= 0)) {
      throw new IllegalArgumentException("think time of " + thinkSeconds + " s");
    }
  }
}
