package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.WorkerInfo;

/**
 * Hears what the scheduler does, for metrics. Called on the scheduler loop in the middle of its
 * work: implementations count and return; they neither block nor throw. Gauges are read from {@link
 * Scheduler#status} instead. Every method does nothing unless overridden.
 */
public interface SchedulerEvents {

  /** Hears nothing. */
  SchedulerEvents NONE = new SchedulerEvents() {};

  /** A worker may be sent plans from now on. */
  default void onWorkerConnected(WorkerInfo worker) {}

  /** The worker is gone, and the KV of every request with it. */
  default void onWorkerLost(String reason) {}

  /**
   * A request got blocks for the first time.
   *
   * @param cachedTokens prompt tokens found in the cache
   * @param queueNanos arrival to now
   */
  default void onAdmitted(RequestSpec spec, int cachedTokens, long queueNanos) {}

  /**
   * A request lost its blocks to others; it waits at its old place.
   *
   * @param decision what became of its KV
   */
  default void onPreempted(RequestSpec spec, SwapDecision decision) {}

  /**
   * A request that was preempted or lost its worker got blocks again.
   *
   * @param waitNanos since it lost them, or the first time since its last token
   */
  default void onResumed(RequestSpec spec, long waitNanos) {}

  /**
   * A plan was made.
   *
   * @param planNanos time it took
   */
  default void onPlanned(int requests, int tokens, long planNanos) {}

  /**
   * The result of a step was applied.
   *
   * @param requests requests in it
   * @param tokens tokens computed
   * @param stepNanos time the worker spent
   */
  default void onStep(int requests, int tokens, long stepNanos) {}

  /** A step failed; its requests end. */
  default void onStepFailed(String failure) {}

  /**
   * A token was generated.
   *
   * @param index among the generated tokens, from 0
   * @param sinceNanos since the request's arrival for the first token, since the previous token for
   *     every other
   */
  default void onToken(RequestSpec spec, int index, long sinceNanos) {}

  /**
   * A request was given something that its tenant is charged for.
   *
   * @param service in weighted tokens, see {@link io.kvasir.scheduler.policy.ServiceWeights}
   */
  default void onServed(RequestSpec spec, double service) {}

  /** An accepted request ended. */
  default void onFinished(RequestSpec spec, FinishedEvent finished) {}
}
