package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.FcfsPolicy;
import io.kvasir.scheduler.policy.PriorityPolicy;
import io.kvasir.scheduler.policy.SchedulingPolicy;

/**
 * Settings of the scheduler. Where the worker's own limit is lower, that one holds.
 *
 * @param maxQueuedRequests most accepted requests that have not been scheduled yet, 1 to 1,000,000
 * @param maxRunningRequests most requests that hold blocks at once, 1 to 65,536
 * @param maxStepTokens most tokens one step computes, 1 to 1,048,576
 * @param maxPlansInFlight plans sent and not answered: 1 waits for each step, 2 plans the next one
 *     while a step runs
 * @param policy in which order requests are served
 * @param prefixCaching whether equal prefixes of one tenant share blocks
 * @param preemption what becomes of the KV of a request that loses its blocks
 * @param copyPatienceMillis how long a request waits for its KV to be loaded before it computes it,
 *     and for blocks that are being swapped out before it preempts another
 * @param workerGraceMillis how long requests wait for a lost worker to return before they end
 * @param stuckMillis how long requests may wait without anything running, or a plan without an
 *     answer, before the scheduler calls itself unhealthy
 * @param modelFingerprint the only model that is accepted from workers; empty: that of the first
 */
public record SchedulerConfig(
    int maxQueuedRequests,
    int maxRunningRequests,
    int maxStepTokens,
    int maxPlansInFlight,
    PolicyKind policy,
    boolean prefixCaching,
    PreemptionMode preemption,
    long copyPatienceMillis,
    long workerGraceMillis,
    long stuckMillis,
    String modelFingerprint) {

  /** What holds unless configured otherwise. */
  public static final SchedulerConfig DEFAULT =
      new SchedulerConfig(
          1024, 64, 512, 2, PolicyKind.FCFS, true, PreemptionMode.AUTO, 5_000, 10_000, 30_000, "");

  /** The policies there are. */
  public enum PolicyKind {
    /** First come, first served. */
    FCFS,
    /** Higher priority first; among equals, first come, first served. */
    PRIORITY;

    SchedulingPolicy newPolicy() {
      return switch (this) {
        case FCFS -> new FcfsPolicy();
        case PRIORITY -> new PriorityPolicy();
      };
    }
  }

  public SchedulerConfig {
    requireWithin("maxQueuedRequests", maxQueuedRequests, 1, 1_000_000);
    requireWithin("maxRunningRequests", maxRunningRequests, 1, 65_536);
    requireWithin("maxStepTokens", maxStepTokens, 1, 1 << 20);
    requireWithin("maxPlansInFlight", maxPlansInFlight, 1, 2);
    requireWithin("copyPatienceMillis", copyPatienceMillis, 1, 3_600_000);
    requireWithin("workerGraceMillis", workerGraceMillis, 0, 3_600_000);
    requireWithin("stuckMillis", stuckMillis, 1, 3_600_000);
  }

  /** The same with other limits on queue, running requests and step. */
  public SchedulerConfig withLimits(
      int maxQueuedRequests, int maxRunningRequests, int maxStepTokens) {
    return new SchedulerConfig(
        maxQueuedRequests,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        policy,
        prefixCaching,
        preemption,
        copyPatienceMillis,
        workerGraceMillis,
        stuckMillis,
        modelFingerprint);
  }

  /** The same with another policy. */
  public SchedulerConfig withPolicy(PolicyKind policy) {
    return new SchedulerConfig(
        maxQueuedRequests,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        policy,
        prefixCaching,
        preemption,
        copyPatienceMillis,
        workerGraceMillis,
        stuckMillis,
        modelFingerprint);
  }

  /** The same with another fate of preempted requests' KV. */
  public SchedulerConfig withPreemption(PreemptionMode preemption) {
    return new SchedulerConfig(
        maxQueuedRequests,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        policy,
        prefixCaching,
        preemption,
        copyPatienceMillis,
        workerGraceMillis,
        stuckMillis,
        modelFingerprint);
  }

  /** The same for one model only. */
  public SchedulerConfig withModelFingerprint(String modelFingerprint) {
    return new SchedulerConfig(
        maxQueuedRequests,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        policy,
        prefixCaching,
        preemption,
        copyPatienceMillis,
        workerGraceMillis,
        stuckMillis,
        modelFingerprint);
  }

  /** The same with another time that requests wait for a lost worker. */
  public SchedulerConfig withWorkerGraceMillis(long workerGraceMillis) {
    return new SchedulerConfig(
        maxQueuedRequests,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        policy,
        prefixCaching,
        preemption,
        copyPatienceMillis,
        workerGraceMillis,
        stuckMillis,
        modelFingerprint);
  }

  private static void requireWithin(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + " must be " + least + " to " + most + ", is " + value);
    }
  }
}
