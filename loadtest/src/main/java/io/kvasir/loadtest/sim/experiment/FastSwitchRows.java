package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.SimCore;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import java.util.List;

/** The engines of FastSwitch's evaluation, one per row. */
final class FastSwitchRows {
  static final String BASELINE = "vLLM 0.3.3-like";
  static final String FASTSWITCH = "FastSwitch: all three";
  static final String KVASIR_TRACED = "Kvasir, same priorities";
  static final String KVASIR = "Kvasir, default";

  private static final String BASELINE_ANEW = "vLLM 0.3.3-like, turns anew";
  private static final String FASTSWITCH_ANEW = "FastSwitch, turns anew";
  private static final String FASTSWITCH_CACHED = "FastSwitch + prefix cache";
  private static final String RECOMPUTE = "recompute only, today's vLLM";

  private static final int RUNNING_REQUESTS = 256;
  private static final int VLLM_STEP_TOKENS = 8192;
  private static final int TODAYS_STEP_TOKENS = 2048;
  private static final int KVASIR_STEP_TOKENS = 512;
  private static final long PATIENCE_MILLIS = 60_000;
  private static final PlanCost PYTHON = new PlanCost(200_000, 12_700);

  private FastSwitchRows() {}

  /**
   * The engines.
   *
   * @param traced how priorities change
   */
  static List<Engine> of(PolicySettings traced) {
    SchedulerConfig parking =
        SchedulerConfig.builder()
            .limits(Engine.UNBOUNDED_QUEUE, RUNNING_REQUESTS, VLLM_STEP_TOKENS)
            .policy(PolicyKind.TRACED)
            .policySettings(traced)
            .maxPlansInFlight(1)
            .prefixCaching(true)
            .preemption(PreemptionMode.SWAP)
            .keepCopies(false)
            .copyPatienceMillis(PATIENCE_MILLIS)
            .build();
    SchedulerConfig keeping = parking.toBuilder().keepCopies(true).build();
    CopyStyle blocks = new CopyStyle(CopyStyle.Unit.LAYER, true);
    CopyStyle groups = new CopyStyle(CopyStyle.Unit.LAYER_RUN, true);
    CopyStyle threads = new CopyStyle(CopyStyle.Unit.LAYER, false);
    CopyStyle both = new CopyStyle(CopyStyle.Unit.LAYER_RUN, false);
    Engine baseline = new Engine(BASELINE, parking, blocks, PYTHON, SimCore.VLLM_033, true);
    Engine fastSwitch = baseline.scheduling(FASTSWITCH, keeping).copying(FASTSWITCH, both);
    Engine mixing = fastSwitch.deciding(FASTSWITCH_CACHED, SimCore.KVASIR);
    SchedulerConfig caching =
        keeping.toBuilder()
            .limits(Engine.UNBOUNDED_QUEUE, RUNNING_REQUESTS, TODAYS_STEP_TOKENS)
            .build();
    SchedulerConfig recomputing = caching.toBuilder().preemption(PreemptionMode.RECOMPUTE).build();
    Engine kvasir =
        Engine.kvasir(KVASIR, PolicyKind.FAIR_SLACK, RUNNING_REQUESTS, KVASIR_STEP_TOKENS);
    return List.of(
        baseline,
        baseline.copying("+ block groups", groups),
        baseline.copying("+ asynchronous swap", threads),
        baseline.scheduling("+ KV reuse", keeping),
        fastSwitch,
        anew(baseline, BASELINE_ANEW),
        anew(fastSwitch, FASTSWITCH_ANEW),
        mixing.scheduling(FASTSWITCH_CACHED, caching),
        mixing.scheduling(RECOMPUTE, recomputing).untiered(RECOMPUTE),
        kvasir.scheduling(
            KVASIR_TRACED,
            kvasir.scheduler().toBuilder()
                .policy(PolicyKind.TRACED)
                .policySettings(traced)
                .build()),
        kvasir);
  }

  /** The same engine, if what a turn leaves is dropped and the next one computes it again. */
  private static Engine anew(Engine engine, String label) {
    return engine.scheduling(label, engine.scheduler().toBuilder().prefixCaching(false).build());
  }
}
