package io.kvasir.loadtest.sim;

import io.kvasir.loadtest.sim.device.DeviceProfile;
import io.kvasir.loadtest.sim.device.ModelShape;
import io.kvasir.loadtest.sim.device.ModelShapes;
import io.kvasir.loadtest.sim.device.Roofline;
import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.workload.ArrivalProcess;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.LengthDistribution;
import io.kvasir.loadtest.workload.PromptShape;
import io.kvasir.loadtest.workload.SamplingSpec;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.SyntheticWorkload;
import io.kvasir.loadtest.workload.TenantMix;
import io.kvasir.loadtest.workload.Turns;
import io.kvasir.scheduler.loop.SchedulerConfig;
import java.time.Duration;
import java.util.List;

/** Systems and loads for tests: Llama-3-8B on an A10. */
public final class SimFixtures {
  public static final ModelShape MODEL = ModelShapes.find("llama-3-8b").orElseThrow();
  private static final DeviceProfile A10 = DeviceProfile.find("a10").orElseThrow();

  private SimFixtures() {}

  public static Roofline roofline() {
    return new Roofline(MODEL, A10);
  }

  /** A system in which every invariant is checked after every event. */
  public static SimSetup setup(int kvBlocks, SchedulerConfig config, SimTier... tiers) {
    return new SimSetup(
        "test",
        MODEL,
        roofline(),
        16,
        kvBlocks,
        List.of(tiers),
        CopyStyle.GROUPS,
        config,
        new PlanCost(1000, 0),
        Promises.NONE,
        SessionPacing.AFTER_ANSWER,
        SimSetup.Timing.DEFAULT,
        true);
  }

  /** Runs a system and measures it. */
  public static SimMetrics run(SimSetup setup, ArrivalStream arrivals) {
    SimRecorder recorder = new SimRecorder(setup);
    return recorder.metrics(SimRun.run(setup, arrivals, 1, recorder));
  }

  /** Conversations of two tenants. */
  public static SyntheticWorkload chat(double rate, int turns, double thinkSeconds) {
    return new SyntheticWorkload(
        "chat",
        "for tests",
        List.of(tenant("a", rate / 2, turns, thinkSeconds), tenant("b", rate / 2, turns, 0)),
        Duration.ofSeconds(60));
  }

  private static TenantMix tenant(String name, double rate, int turns, double thinkSeconds) {
    return new TenantMix(
        name,
        rate,
        new ArrivalProcess.Poisson(),
        new PromptShape.Tokens(20, new LengthDistribution.Uniform(1, 90)),
        new Turns(new LengthDistribution.Uniform(1, turns), thinkSeconds),
        new LengthDistribution.Uniform(1, 80),
        true,
        name.length(),
        SamplingSpec.GREEDY,
        SloTargets.NONE,
        0);
  }
}
