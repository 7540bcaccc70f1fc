package io.kvasir.loadtest.sim.engine;

/**
 * Time between the moment at which the scheduler may plan and the plan's arrival at the worker.
 *
 * @param stepNanos per plan, at least 0
 * @param requestNanos per scheduled request, at least 0
 */
public record PlanCost(long stepNanos, long requestNanos) {

  /**
   * Kvasir's own: 35 ns per request as the planner benchmark measures (docs/benchmarks.md), and 20
   * µs to wake the loop and to hand the plan over, an assumption.
   */
  public static final PlanCost KVASIR = new PlanCost(20_000, 35);

  /** Refuses negative times. */
  public PlanCost {
    if (stepNanos < 0 || requestNanos < 0) {
      throw new IllegalArgumentException(
          "plan cost of %d ns and %d ns per request".formatted(stepNanos, requestNanos));
    }
  }

  long nanos(int requests) {
    return stepNanos + requests * requestNanos;
  }
}
