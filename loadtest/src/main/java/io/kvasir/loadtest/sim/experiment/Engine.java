package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.SimCore;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.PolicyKind;
import java.util.List;

/**
 * One engine of a comparison: how it schedules and copies.
 *
 * @param label names its row
 * @param scheduler its settings
 * @param copies how it copies blocks
 * @param planCost what its planning costs
 * @param core whose rules decide
 * @param tiered whether it has the tiers of the hardware; otherwise the device's memory only
 */
public record Engine(
    String label,
    SchedulerConfig scheduler,
    CopyStyle copies,
    PlanCost planCost,
    SimCore core,
    boolean tiered) {
  /** Requests that may wait in a simulation: more than any workload sends. */
  static final int UNBOUNDED_QUEUE = 1_000_000;

  /** Kvasir with its own defaults, but for a device that runs more requests than a CPU does. */
  static Engine kvasir(String label, PolicyKind policy, int runningRequests, int stepTokens) {
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(UNBOUNDED_QUEUE, runningRequests, stepTokens)
            .policy(policy)
            .build();
    return new Engine(label, config, CopyStyle.GROUPS, PlanCost.KVASIR, SimCore.KVASIR, true);
  }

  Engine scheduling(String newLabel, SchedulerConfig config) {
    return new Engine(newLabel, config, copies, planCost, core, tiered);
  }

  Engine copying(String newLabel, CopyStyle style) {
    return new Engine(newLabel, scheduler, style, planCost, core, tiered);
  }

  Engine deciding(String newLabel, SimCore newCore) {
    return new Engine(newLabel, scheduler, copies, planCost, newCore, tiered);
  }

  Engine untiered(String newLabel) {
    return new Engine(newLabel, scheduler, copies, planCost, core, false);
  }

  List<SimTier> tiers(List<SimTier> all) {
    return tiered ? all : List.of();
  }
}
