package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.evict.EvictionKind;
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
 * @param eviction which cached block is given up first
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
    EvictionKind eviction,
    PreemptionMode preemption,
    long copyPatienceMillis,
    long workerGraceMillis,
    long stuckMillis,
    String modelFingerprint) {

  /** What holds unless configured otherwise. */
  public static final SchedulerConfig DEFAULT =
      new SchedulerConfig(
          1024,
          64,
          512,
          2,
          PolicyKind.FCFS,
          true,
          EvictionKind.LRU,
          PreemptionMode.AUTO,
          5_000,
          10_000,
          30_000,
          "");

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

  /** The default, to be changed. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  private static void requireWithin(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + " must be " + least + " to " + most + ", is " + value);
    }
  }

  /** A configuration in the making; see {@link SchedulerConfig} for the meaning of the fields. */
  public static final class Builder {
    private int maxQueuedRequests;
    private int maxRunningRequests;
    private int maxStepTokens;
    private int maxPlansInFlight;
    private PolicyKind policy;
    private boolean prefixCaching;
    private EvictionKind eviction;
    private PreemptionMode preemption;
    private long copyPatienceMillis;
    private long workerGraceMillis;
    private long stuckMillis;
    private String modelFingerprint;

    private Builder(SchedulerConfig from) {
      maxQueuedRequests = from.maxQueuedRequests();
      maxRunningRequests = from.maxRunningRequests();
      maxStepTokens = from.maxStepTokens();
      maxPlansInFlight = from.maxPlansInFlight();
      policy = from.policy();
      prefixCaching = from.prefixCaching();
      eviction = from.eviction();
      preemption = from.preemption();
      copyPatienceMillis = from.copyPatienceMillis();
      workerGraceMillis = from.workerGraceMillis();
      stuckMillis = from.stuckMillis();
      modelFingerprint = from.modelFingerprint();
    }

    public Builder maxQueuedRequests(int maxQueuedRequests) {
      this.maxQueuedRequests = maxQueuedRequests;
      return this;
    }

    public Builder maxRunningRequests(int maxRunningRequests) {
      this.maxRunningRequests = maxRunningRequests;
      return this;
    }

    public Builder maxStepTokens(int maxStepTokens) {
      this.maxStepTokens = maxStepTokens;
      return this;
    }

    public Builder maxPlansInFlight(int maxPlansInFlight) {
      this.maxPlansInFlight = maxPlansInFlight;
      return this;
    }

    public Builder policy(PolicyKind policy) {
      this.policy = policy;
      return this;
    }

    public Builder prefixCaching(boolean prefixCaching) {
      this.prefixCaching = prefixCaching;
      return this;
    }

    public Builder eviction(EvictionKind eviction) {
      this.eviction = eviction;
      return this;
    }

    public Builder preemption(PreemptionMode preemption) {
      this.preemption = preemption;
      return this;
    }

    public Builder copyPatienceMillis(long copyPatienceMillis) {
      this.copyPatienceMillis = copyPatienceMillis;
      return this;
    }

    public Builder workerGraceMillis(long workerGraceMillis) {
      this.workerGraceMillis = workerGraceMillis;
      return this;
    }

    public Builder stuckMillis(long stuckMillis) {
      this.stuckMillis = stuckMillis;
      return this;
    }

    public Builder modelFingerprint(String modelFingerprint) {
      this.modelFingerprint = modelFingerprint;
      return this;
    }

    /** The three limits on queue, running requests and step at once. */
    public Builder limits(int maxQueuedRequests, int maxRunningRequests, int maxStepTokens) {
      return maxQueuedRequests(maxQueuedRequests)
          .maxRunningRequests(maxRunningRequests)
          .maxStepTokens(maxStepTokens);
    }

    /** Throws {@link IllegalArgumentException} naming the field that is out of bounds. */
    public SchedulerConfig build() {
      return new SchedulerConfig(
          maxQueuedRequests,
          maxRunningRequests,
          maxStepTokens,
          maxPlansInFlight,
          policy,
          prefixCaching,
          eviction,
          preemption,
          copyPatienceMillis,
          workerGraceMillis,
          stuckMillis,
          modelFingerprint);
    }
  }
}
