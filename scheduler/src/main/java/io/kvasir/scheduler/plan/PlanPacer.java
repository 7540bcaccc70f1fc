package io.kvasir.scheduler.plan;

/**
 * When the plan behind the one under way is made: not as soon as there is room for it, but a lead
 * before the one under way is expected to end. Whoever arrives until then is in the next step, not
 * in the one after it. See docs/adr/0014-plans-just-in-time.md.
 *
 * <pre>
 *   lead = {@value #LEAST_LEAD_NANOS} ns + 1/{@value #STEP_SHARE} of the step + the longest gap of late
 * </pre>
 *
 * <p>A <em>gap</em> is what passes beside computing between two results, or between a plan and its
 * result: the way to the worker and back, planning, and the time the worker had nothing to do. It
 * is the shorter one of two in a row, so that a hiccup does not count, kept as a maximum that fades
 * to a third in {@value #MEMORY_STEPS} steps. So if the lead was too short, it grows. A step
 * shorter than its lead is planned behind at once. While no step was measured, every plan is made
 * at once.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction.
 */
final class PlanPacer {
  private static final long LEAST_LEAD_NANOS = 1_000_000;
  private static final int STEP_SHARE = 16;
  private static final int MEMORY_STEPS = 64;

  private double gapNanos;
  private long lastGapNanos;
  private long heldUntilNanos = Long.MAX_VALUE;

  /**
   * Whether to wait before the next plan is made.
   *
   * @param restNanos what the plan under way will still take
   * @param stepNanos what it takes in all
   */
  boolean holds(long restNanos, long stepNanos, long now) {
    long lead = LEAST_LEAD_NANOS + stepNanos / STEP_SHARE + (long) gapNanos;
    boolean holds = restNanos > lead;
    heldUntilNanos = holds ? now + restNanos - lead : Long.MAX_VALUE;
    return holds;
  }

  /** Nothing is waited for. */
  void free() {
    heldUntilNanos = Long.MAX_VALUE;
  }

  /** When the next plan is to be made; the largest long if nothing is waited for. */
  long heldUntilNanos() {
    return heldUntilNanos;
  }

  /**
   * A result was applied.
   *
   * @param elapsedNanos since the result before, or since its plan if that was later
   * @param stepNanos that it computed
   */
  void observe(long elapsedNanos, long stepNanos) {
    long gap = Math.max(0, elapsedNanos - stepNanos);
    gapNanos = Math.max((double) Math.min(gap, lastGapNanos), gapNanos * (1 - 1.0 / MEMORY_STEPS));
    lastGapNanos = gap;
  }
}
