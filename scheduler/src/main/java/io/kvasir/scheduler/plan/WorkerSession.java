package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.scheduler.request.Slots;
import io.kvasir.worker.step.WorkerInfo;

/**
 * What the scheduler knows of the connected worker: its limits, blocks, slots and the plans it has
 * not answered. Made when a worker connects and thrown away when it is lost, because everything in
 * it lived on that worker. Confined to the scheduler loop.
 */
public final class WorkerSession {
  private final WorkerInfo info;
  private final int maxStepTokens;
  private final KvMemory memory;
  private final Swapper swapper;
  private final Slots slots;
  private final PlansInFlight inFlight;
  private long lastStepId;
  private long appliedSteps;

  /**
   * @param maxRunningRequests the scheduler's limit; the worker's own may be lower
   * @param maxStepTokens likewise
   * @param maxPlansInFlight plans sent and not answered
   * @param eviction which cached block is given up first
   * @param preemption what becomes of preempted requests' KV
   * @param copyPatienceNanos how long a request waits for copies
   */
  public WorkerSession(
      WorkerInfo info,
      int maxRunningRequests,
      int maxStepTokens,
      int maxPlansInFlight,
      boolean prefixCaching,
      EvictionKind eviction,
      PreemptionMode preemption,
      long copyPatienceNanos,
      CacheSecret secret) {
    this.info = info;
    this.maxStepTokens = Math.min(maxStepTokens, info.maxStepTokens());
    int running = Math.min(maxRunningRequests, info.maxRequests());
    int blocksPerRequest =
        Math.min(info.blockCount(), info.geometry().blocksFor(info.contextLength()));
    this.memory =
        new KvMemory(
            new KvPoolConfig(
                info.blockCount(),
                info.geometry().blockTokens(),
                blocksPerRequest,
                prefixCaching,
                GroupSizes.DEFAULT,
                eviction),
            info.tiers(),
            secret);
    this.swapper =
        new Swapper(
            memory,
            new CostModel(info.geometry().blockBytes(), info.tiers()),
            preemption,
            copyPatienceNanos);
    this.slots = new Slots(running);
    this.inFlight = new PlansInFlight(maxPlansInFlight, running);
  }

  public WorkerInfo info() {
    return info;
  }

  /** Most tokens one step computes. */
  public int maxStepTokens() {
    return maxStepTokens;
  }

  public KvMemory memory() {
    return memory;
  }

  /** Moves requests to the tiers and back. */
  public Swapper swapper() {
    return swapper;
  }

  public Slots slots() {
    return slots;
  }

  public PlansInFlight inFlight() {
    return inFlight;
  }

  long nextStepId() {
    return ++lastStepId;
  }

  /** Plans made. */
  public long plannedSteps() {
    return lastStepId;
  }

  /** Results applied. */
  public long appliedSteps() {
    return appliedSteps;
  }

  /** The oldest plan's result was applied. */
  public void stepApplied() {
    inFlight.pop();
    appliedSteps++;
  }
}
