package io.kvasir.loadtest.sim.fidelity;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.live.LiveRun;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.scheduler.loop.SchedulerConfig;
import java.util.List;

/** Simulates what a live run did: the same arrivals at the same scheduler. */
public final class SimulatedTwin {
  private SimulatedTwin() {}

  /**
   * Runs it.
   *
   * @param settings of the live run
   * @param kvBlocks blocks of the live server
   */
  public static SimMetrics run(
      LiveRun.Settings settings, FittedStepTime fit, SchedulerConfig scheduler, int kvBlocks) {
    SimSetup setup =
        new SimSetup(
            "simulated",
            fit.shape(),
            fit,
            BlockGeometry.DEFAULT_BLOCK_TOKENS,
            kvBlocks,
            List.of(),
            CopyStyle.GROUPS,
            scheduler,
            PlanCost.KVASIR,
            Promises.NONE,
            SessionPacing.OPEN,
            SimSetup.Timing.DEFAULT,
            false);
    SimRecorder recorder = new SimRecorder(setup);
    try (ShapedArrivals arrivals =
        new ShapedArrivals(settings.workload().arrivals(settings.seed()), settings.shaping())) {
      return recorder.metrics(SimRun.run(setup, arrivals, settings.seed(), recorder));
    }
  }
}
