package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.KvPoolConfig;
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
  private final Slots slots;
  private final PlansInFlight inFlight;
  private long lastStepId;
  private long appliedSteps;

  /**
   * @param maxRunningRequests the scheduler's limit; the worker's own may be lower
   * @param maxStepTokens likewise
   * @param maxPlansInFlight plans sent and not answered
   */
  public WorkerSession(
      WorkerInfo info,
      int maxRunningRequests,
      int maxStepTokens,
      int maxPlansInFlight,
      boolean prefixCaching,
      CacheSecret secret) {
    this.info = info;
    this.maxStepTokens = Math.min(maxStepTokens, info.maxStepTokens());
    int running = Math.min(maxRunningRequests, info.maxRequests());
    int blocksPerRequest =
        Math.min(info.blockCount(), info.geometry().blocksFor(info.contextLength()));
    this.memory =
        new KvMemory(
            new KvPoolConfig(
                info.blockCount(), info.geometry().blockTokens(), blocksPerRequest, prefixCaching),
            secret);
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
