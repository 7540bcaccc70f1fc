package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.CopyLimits;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.plan.ResumeBound;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.session.SessionConfig;
import io.kvasir.worker.step.WorkerInfo;
import java.util.concurrent.TimeUnit;

/**
 * Settings of the scheduler. Where the worker's own limit is lower, that one holds.
 *
 * @param maxQueuedRequests most accepted requests that have not been scheduled yet, 1 to 1,000,000
 * @param maxRunningRequests most requests that hold blocks at once, 1 to 65,536
 * @param maxStepTokens most tokens one step computes, 1 to 1,048,576
 * @param maxPlansInFlight plans sent and not answered: 1 waits for each step, 2 plans the next one
 *     while a step runs
 * @param policy in which order requests are served
 * @param policySettings what the policy is told
 * @param prefixCaching whether equal prefixes of one tenant share blocks
 * @param eviction which cached block is given up first
 * @param preemption what becomes of the KV of a request that loses its blocks
 * @param resumeBound how often and how long a request may be kept from going on
 * @param copyPatienceMillis how long a request waits for its KV to be loaded before it computes it,
 *     and for blocks that are being swapped out before it preempts another
 * @param probeWaitMillis how long an admission waits for a server that instances share to say what
 *     it holds, 0 to 10,000; 0: it is not asked
 * @param loadPartBlocks blocks loaded, or computed in a step, at a time while a request does both,
 *     up to 65,536; 0: as many as 8 MiB hold, 8 to 32
 * @param keepCopies whether a swapped request's copies stay in their tiers when it comes back, so
 *     that the next swap-out moves only what was computed since; false is for comparisons
 * @param workerGraceMillis how long requests wait for a lost worker to return before they end
 * @param stuckMillis how long requests may wait without anything running, or a plan without an
 *     answer, before the scheduler calls itself unhealthy
 * @param modelFingerprint the only model that is accepted from workers; empty: that of the first
 * @param sessions what may be protected between the turns of sessions
 */
public record SchedulerConfig(
    int maxQueuedRequests,
    int maxRunningRequests,
    int maxStepTokens,
    int maxPlansInFlight,
    PolicyKind policy,
    PolicySettings policySettings,
    boolean prefixCaching,
    EvictionKind eviction,
    PreemptionMode preemption,
    ResumeBound resumeBound,
    long copyPatienceMillis,
    long probeWaitMillis,
    int loadPartBlocks,
    boolean keepCopies,
    long workerGraceMillis,
    long stuckMillis,
    String modelFingerprint,
    SessionConfig sessions) {

  /** What holds unless configured otherwise. */
  public static final SchedulerConfig DEFAULT =
      new SchedulerConfig(
          1024,
          64,
          512,
          2,
          PolicyKind.FAIR_SLACK,
          PolicySettings.DEFAULT,
          true,
          EvictionKind.LRU,
          PreemptionMode.AUTO,
          ResumeBound.DEFAULT,
          5_000,
          20,
          0,
          true,
          10_000,
          30_000,
          "",
          SessionConfig.DEFAULT);

  public SchedulerConfig {
    requireWithin("maxQueuedRequests", maxQueuedRequests, 1, 1_000_000);
    requireWithin("maxRunningRequests", maxRunningRequests, 1, 65_536);
    requireWithin("maxStepTokens", maxStepTokens, 1, 1 << 20);
    requireWithin("maxPlansInFlight", maxPlansInFlight, 1, 2);
    requireWithin("copyPatienceMillis", copyPatienceMillis, 1, 3_600_000);
    requireWithin("probeWaitMillis", probeWaitMillis, 0, 10_000);
    requireWithin("loadPartBlocks", loadPartBlocks, 0, 65_536);
    requireWithin("workerGraceMillis", workerGraceMillis, 0, 3_600_000);
    requireWithin("stuckMillis", stuckMillis, 1, 3_600_000);
  }

  /** How long requests wait for copies of blocks of that size, and how many go at once. */
  CopyLimits copyLimits(long blockBytes) {
    return new CopyLimits(
        TimeUnit.MILLISECONDS.toNanos(copyPatienceMillis),
        TimeUnit.MILLISECONDS.toNanos(probeWaitMillis),
        loadPartBlocks > 0 ? loadPartBlocks : CopyLimits.defaultPartBlocks(blockBytes),
        keepCopies);
  }

  /** The default, to be changed. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /** What is known of a worker that has just connected. */
  WorkerSession newSession(WorkerInfo info, CacheSecret secret) {
    return new WorkerSession(
        info,
        maxRunningRequests,
        maxStepTokens,
        maxPlansInFlight,
        prefixCaching,
        eviction,
        preemption,
        copyLimits(info.geometry().blockBytes()),
        secret);
  }

  /** This one, to be changed. */
  public Builder toBuilder() {
    return new Builder(this);
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
    private PolicySettings policySettings;
    private boolean prefixCaching;
    private EvictionKind eviction;
    private PreemptionMode preemption;
    private ResumeBound resumeBound;
    private long copyPatienceMillis;
    private long probeWaitMillis;
    private int loadPartBlocks;
    private boolean keepCopies;
    private long workerGraceMillis;
    private long stuckMillis;
    private String modelFingerprint;
    private SessionConfig sessions;

    private Builder(SchedulerConfig from) {
      maxQueuedRequests = from.maxQueuedRequests();
      maxRunningRequests = from.maxRunningRequests();
      maxStepTokens = from.maxStepTokens();
      maxPlansInFlight = from.maxPlansInFlight();
      policy = from.policy();
      policySettings = from.policySettings();
      prefixCaching = from.prefixCaching();
      eviction = from.eviction();
      preemption = from.preemption();
      resumeBound = from.resumeBound();
      copyPatienceMillis = from.copyPatienceMillis();
      probeWaitMillis = from.probeWaitMillis();
      loadPartBlocks = from.loadPartBlocks();
      keepCopies = from.keepCopies();
      workerGraceMillis = from.workerGraceMillis();
      stuckMillis = from.stuckMillis();
      modelFingerprint = from.modelFingerprint();
      sessions = from.sessions();
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

    public Builder policySettings(PolicySettings policySettings) {
      this.policySettings = policySettings;
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

    public Builder resumeBound(ResumeBound resumeBound) {
      this.resumeBound = resumeBound;
      return this;
    }

    public Builder copyPatienceMillis(long copyPatienceMillis) {
      this.copyPatienceMillis = copyPatienceMillis;
      return this;
    }

    public Builder probeWaitMillis(long probeWaitMillis) {
      this.probeWaitMillis = probeWaitMillis;
      return this;
    }

    public Builder loadPartBlocks(int loadPartBlocks) {
      this.loadPartBlocks = loadPartBlocks;
      return this;
    }

    public Builder keepCopies(boolean keepCopies) {
      this.keepCopies = keepCopies;
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

    public Builder sessions(SessionConfig sessions) {
      this.sessions = sessions;
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
          policySettings,
          prefixCaching,
          eviction,
          preemption,
          resumeBound,
          copyPatienceMillis,
          probeWaitMillis,
          loadPartBlocks,
          keepCopies,
          workerGraceMillis,
          stuckMillis,
          modelFingerprint,
          sessions);
    }
  }
}
