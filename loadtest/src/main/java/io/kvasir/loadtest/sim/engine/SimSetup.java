package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.StepTime;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.PolicySettings;
import java.util.List;

/**
 * One system to simulate: what a row of a report stands for.
 *
 * @param label names the row, unique in a report
 * @param model what is served
 * @param stepTime how long steps take
 * @param blockTokens tokens of a block
 * @param kvBlocks blocks in the device arena
 * @param tiers memory below it, fastest first
 * @param copies how blocks are copied
 * @param scheduler settings of the scheduler
 * @param planCost what planning costs
 * @param promises what tenants were promised
 * @param sessions when the next turn of a session is sent
 * @param timing what is measured when
 * @param core whose rules decide
 * @param checked whether every invariant is checked after every event: slow, for tests
 */
public record SimSetup(
    String label,
    ModelShape model,
    StepTime stepTime,
    int blockTokens,
    int kvBlocks,
    List<SimTier> tiers,
    CopyStyle copies,
    SchedulerConfig scheduler,
    PlanCost planCost,
    Promises promises,
    SessionPacing sessions,
    Timing timing,
    SimCore core,
    boolean checked) {

  /** Keeps the lists unmodifiable and refuses an empty arena. */
  public SimSetup {
    tiers = List.copyOf(tiers);
    if (kvBlocks < 1 || blockTokens < 1) {
      throw new IllegalArgumentException(
          "%d blocks of %d tokens, at least 1 of each needed".formatted(kvBlocks, blockTokens));
    }
  }

  /** A system that Kvasir's own core decides for. */
  public SimSetup(
      String label,
      ModelShape model,
      StepTime stepTime,
      int blockTokens,
      int kvBlocks,
      List<SimTier> tiers,
      CopyStyle copies,
      SchedulerConfig scheduler,
      PlanCost planCost,
      Promises promises,
      SessionPacing sessions,
      Timing timing,
      boolean checked) {
    this(
        label,
        model,
        stepTime,
        blockTokens,
        kvBlocks,
        tiers,
        copies,
        scheduler,
        planCost,
        promises,
        sessions,
        timing,
        SimCore.KVASIR,
        checked);
  }

  /**
   * What is measured when.
   *
   * @param drain whether the run goes on after the last arrival until every request has ended;
   *     otherwise it stops with the arrivals, and what is left counts as unfinished
   * @param sampleNanos between two looks at queues and memory, above 0
   * @param windowNanos over which the service of tenants is compared, above 0
   */
  public record Timing(boolean drain, long sampleNanos, long windowNanos) {
    /** To the end; a look every second, windows of a minute. */
    public static final Timing DEFAULT = new Timing(true, 1_000_000_000L, 60_000_000_000L);

    /** Refuses intervals that do not pass. */
    public Timing {
      if (sampleNanos < 1 || windowNanos < 1) {
        throw new IllegalArgumentException("intervals of " + sampleNanos + ", " + windowNanos);
      }
    }
  }

  /** Tokens of the longest request that fits the context and the arena. */
  public int contextTokens() {
    return (int) Math.min(model.contextTokens(), (long) kvBlocks * blockTokens);
  }

  /** This set-up with every invariant checked after every event. */
  public SimSetup checkingEverything() {
    return with(scheduler, true);
  }

  /** This set-up with traced priorities drawn by that seed. */
  public SimSetup tracing(long seed) {
    PolicySettings settings = scheduler.policySettings();
    PolicySettings seeded =
        settings.tracing(settings.tracePattern(), seed, settings.traceFrequency());
    return with(scheduler.toBuilder().policySettings(seeded).build(), checked);
  }

  private SimSetup with(SchedulerConfig newScheduler, boolean newChecked) {
    return new SimSetup(
        label,
        model,
        stepTime,
        blockTokens,
        kvBlocks,
        tiers,
        copies,
        newScheduler,
        planCost,
        promises,
        sessions,
        timing,
        core,
        newChecked);
  }
}
