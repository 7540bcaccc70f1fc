package io.kvasir.loadtest.sim.engine;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.worker.step.StepPlan;

/**
 * Hears what happens in a simulated run, in the order of virtual time, nanoseconds. Every method
 * does nothing unless overridden.
 */
public interface SimObserver {

  /** A request was sent. */
  default void submitted(SimRequest request, long now) {}

  /** A request got blocks, for the first time or again. */
  default void admitted(SimRequest request, long now) {}

  /** A request lost its blocks. */
  default void preempted(SimRequest request, SwapDecision decision, long now) {}

  /**
   * A token was generated.
   *
   * @param gapNanos since the token before; negative for the first
   */
  default void generated(SimRequest request, long gapNanos, long now) {}

  /** Tokens of a prompt were computed for the first time: service. */
  default void prefilled(SimRequest request, int tokens, long now) {}

  /** A request ended. */
  default void ended(SimRequest request, FinishedEvent end, long now) {}

  /** A step was computed from {@code beganNanos} to now. */
  default void stepped(StepPlan plan, long beganNanos, long now) {}

  /**
   * A copy was on a link from {@code beganNanos} to now.
   *
   * @param blocks of the job, at least 1; fewer than it names if the others were cancelled
   */
  default void carried(String link, CopyJob job, int blocks, long beganNanos, long now) {}

  /** The state at regular intervals. */
  default void sampled(SchedulerStatus status, long now) {}
}
