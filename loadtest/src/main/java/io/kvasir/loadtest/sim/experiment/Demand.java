package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.SimObserver;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.scenario.Hardware;
import io.kvasir.loadtest.sim.scenario.Scenario;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.scheduler.loop.SchedulerStatus;

/** How many KV blocks a workload would use if there was room for all of its requests. */
final class Demand implements SimObserver {
  /* Far more than any of the workloads needs. */
  private static final int ROOMY_BLOCKS = 1 << 16;

  private int most;

  private Demand() {}

  /** Most blocks that requests hold at once; looked at once a second. */
  static int blocks(Comparison comparison, long seed) {
    Demand demand = new Demand();
    Scenario scenario = roomy(comparison, seed);
    try (ShapedArrivals arrivals = arrivals(scenario, seed)) {
      SimRun.run(scenario.setups().getFirst(), arrivals, seed, demand);
    }
    return demand.most;
  }

  /** Blocks of the longest request, which must fit the device. */
  static int longestRequest(Comparison comparison, long seed) {
    int longest = 0;
    try (ShapedArrivals arrivals = arrivals(roomy(comparison, seed), seed)) {
      while (arrivals.hasNext()) {
        Arrival arrival = arrivals.next();
        int prompt = arrival.prompt() instanceof Prompt.Synthetic known ? known.tokens() : 0;
        longest = Math.max(longest, prompt + arrival.maxTokens());
      }
    }
    return Math.ceilDiv(longest, comparison.hardware().blockTokens()) + 1;
  }

  private static Scenario roomy(Comparison comparison, long seed) {
    Hardware roomy = Rigs.withBlocks(comparison.hardware(), ROOMY_BLOCKS, "");
    return comparison.on(roomy).of(comparison.engines().subList(0, 1)).scenario(seed);
  }

  private static ShapedArrivals arrivals(Scenario scenario, long seed) {
    return new ShapedArrivals(scenario.workload().arrivals(seed), scenario.shaping());
  }

  @Override
  public void sampled(SchedulerStatus status, long now) {
    most = Math.max(most, status.blocks().owned());
  }
}
