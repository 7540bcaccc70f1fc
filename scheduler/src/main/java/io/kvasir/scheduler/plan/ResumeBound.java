package io.kvasir.scheduler.plan;

/**
 * How often and for how long a request may be kept from going on, see docs/adr/0012-preemption.md.
 *
 * @param preemptions times a request is chosen to lose its blocks, 1 to 1000; then it is admitted
 *     with all blocks that it may ever need, and is not chosen again
 * @param waitMillis time after which a request that lost its blocks is resumed before everything
 *     else that waits, 1 to 3,600,000
 */
public record ResumeBound(int preemptions, long waitMillis) {
  /** What holds unless configured otherwise. */
  public static final ResumeBound DEFAULT = new ResumeBound(4, 10_000);

  private static final int MOST_PREEMPTIONS = 1000;
  private static final long HOUR_MILLIS = 3_600_000;

  public ResumeBound {
    require("maxPreemptions", preemptions, MOST_PREEMPTIONS);
    require("resumeMillis", waitMillis, HOUR_MILLIS);
  }

  private static void require(String field, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s must be 1 to %d, is %d".formatted(field, most, value));
    }
  }
}
