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
  private final TenantTiers tenantTiers;
  private final Restorer restorer;
  private final Swapper swapper;
  private final Prober prober;
  private final Prefetcher prefetcher;
  private final Slots slots;
  private final PlansInFlight inFlight;
  private final StepTimeModel stepTimes = new StepTimeModel();
  private final PlanPacer pacer = new PlanPacer();
  private long lastStepId;
  private long appliedSteps;
  private long appliedNanos = Long.MIN_VALUE;

  /**
   * @param maxRunningRequests the scheduler's limit; the worker's own may be lower
   * @param maxStepTokens likewise
   * @param maxPlansInFlight plans sent and not answered
   * @param eviction which cached block is given up first
   * @param preemption what becomes of preempted requests' KV
   * @param copies how long requests wait for copies
   */
  public WorkerSession(
      WorkerInfo info,
      int maxRunningRequests,
      int maxStepTokens,
      int maxPlansInFlight,
      boolean prefixCaching,
      EvictionKind eviction,
      PreemptionMode preemption,
      CopyLimits copies,
      CacheSecret secret) {
    this.info = info;
    this.maxStepTokens = Math.min(maxStepTokens, info.maxStepTokens());
    int running = Math.min(maxRunningRequests, info.maxRequests());
    int blocksPerRequest =
        Math.min(info.blockCount(), info.geometry().blocksFor(info.contextLength()));
    CostModel costs = new CostModel(info.geometry().blockBytes(), info.tiers());
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
            costs,
            secret);
    this.tenantTiers = new TenantTiers(memory, info.geometry().blockBytes());
    LoadPace pace =
        new LoadPace(memory, costs, preemption, copies.partBlocks(), this.maxStepTokens);
    this.restorer = new Restorer(memory, costs, pace, copies);
    this.swapper = new Swapper(memory, costs, preemption, restorer, copies.patienceNanos());
    this.prober = new Prober(memory, copies.probeWaitNanos());
    this.prefetcher = new Prefetcher(memory, costs, preemption);
    this.slots = new Slots(running);
    this.inFlight = new PlansInFlight(maxPlansInFlight, running);
  }

  public WorkerInfo info() {
    return info;
  }

  /** Tokens that a step is filled to. */
  public int maxStepTokens() {
    return maxStepTokens;
  }

  /** Tokens beyond those that the worker takes in a step. */
  int stepRoom() {
    return info.maxStepTokens() - maxStepTokens;
  }

  public KvMemory memory() {
    return memory;
  }

  /** What tenants may have in the tiers. */
  public TenantTiers tenantTiers() {
    return tenantTiers;
  }

  /** Moves preempted requests to the tiers. */
  public Swapper swapper() {
    return swapper;
  }

  /** Brings back what the tiers hold. */
  public Restorer restorer() {
    return restorer;
  }

  /** Looks for what other instances stored. */
  public Prober prober() {
    return prober;
  }

  /** Loads what the tiers hold of requests that are admitted soon. */
  public Prefetcher prefetcher() {
    return prefetcher;
  }

  /** Copies ordered and not ended, and requests for which what they brought does not count yet. */
  public int copiesInFlight() {
    return memory.pool().residency().jobsInFlight() + restorer.underWay();
  }

  /** When somebody has waited for copies long enough; the largest long if nobody waits. */
  public long nextWakeNanos() {
    long overdue = restorer.underWay() == 0 ? Long.MAX_VALUE : restorer.nextOverdueNanos();
    long planDue = pacer.heldUntilNanos();
    if (inFlight.mayPlan() && planDue == Long.MAX_VALUE) {
      // While no plan may be made, nobody can be admitted either.
      overdue = Math.min(overdue, swapper.nextOverdueNanos());
      overdue = Math.min(overdue, prober.heldUntilNanos());
    }
    return Math.min(overdue, planDue);
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

  /** How long steps take. */
  public StepTimeModel stepTimes() {
    return stepTimes;
  }

  /** Whether a plan is to be made now. */
  boolean mayPlan(long now) {
    if (!inFlight.mayPlan() || inFlight.count() == 0 || !stepTimes.known()) {
      pacer.free();
      return inFlight.mayPlan();
    }
    PlannedStep step = inFlight.get(0);
    long whole = Math.round(stepTimes.predict(step.tokens(), step.context()));
    return !pacer.holds(nanosInFlight(now), whole, now);
  }

  /** How long the plans in flight will still take, as far as is known, nanoseconds. */
  long nanosInFlight(long now) {
    long end = now;
    for (int i = 0; i < inFlight.count(); i++) {
      PlannedStep step = inFlight.get(i);
      long begin = i == 0 ? Math.max(step.plannedNanos(), appliedNanos) : end;
      end = Math.max(now, begin + Math.round(stepTimes.predict(step.tokens(), step.context())));
    }
    return end - now;
  }

  /**
   * The oldest plan's result was applied.
   *
   * @param stepNanos that the worker computed
   */
  public void stepApplied(long stepNanos, long now) {
    pacer.observe(now - Math.max(inFlight.get(0).plannedNanos(), appliedNanos), stepNanos);
    inFlight.pop();
    appliedSteps++;
    appliedNanos = now;
  }
}
