package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.scenario.Hardware;
import io.kvasir.loadtest.workload.ArrivalProcess;
import io.kvasir.loadtest.workload.LengthDistribution;
import io.kvasir.loadtest.workload.PromptShape;
import io.kvasir.loadtest.workload.SamplingSpec;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.SyntheticWorkload;
import io.kvasir.loadtest.workload.TenantMix;
import io.kvasir.loadtest.workload.Turns;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * KV for a quarter of what the requests would hold at once if there was room: throughput and tails
 * if victims are always computed again, always swapped, or whichever costs less for each. Under the
 * default policy, which preempts little, and under priorities that are drawn anew every 50 steps,
 * which make many victims.
 */
public final class Pressure {
  static final String UNTIERED = "recompute, no tier";
  static final String RECOMPUTE = "recompute";
  static final String SWAP = "swap";
  static final String CHOICE = "choice per victim";

  /** Part of the demand that there is KV for. */
  static final int PART = 4;

  private static final int RUNNING_REQUESTS = 256;
  private static final int STEP_TOKENS = 512;
  private static final long PIECE_NANOS = 10_000;
  private static final double SLOW_LINK = 2e9;

  private static final List<Column> COLUMNS =
      List.of(
          Column.SYSTEM,
          Column.TOKENS,
          Column.TTFT_P50,
          Column.TTFT_P95,
          Column.TTFT_P99,
          Column.TTFT_P999,
          Column.TBT_P99,
          Column.TBT_P999,
          Column.PREEMPTED,
          Column.SWAP,
          Column.RECOMPUTED,
          Column.STALL,
          Column.TAIL_STALL);

  private static final List<String> NOTES =
      List.of(
          "demand: the most blocks that requests hold at once where there is room for all of them",
          "goals: over all seeds, throughput and TTFT by geometric means, TBT p99.9 of all their"
              + " gaps together; the better one is that of swap and recompute which is better over"
              + " all seeds; tables and rows are the first seed's",
          "recompute: victims are computed again, and cached blocks are still copied to host memory"
              + " and found there; without a tier, there is no host memory",
          "swap: victims are swapped and loaded again, whatever that costs",
          "traced: priorities are drawn anew every 50 steps, so most preemptions serve no purpose"
              + " but to make victims; its draws depend on the number of steps, so tails differ by"
              + " chance between rows");

  /**
   * What is run.
   *
   * @param requests of each workload, at least 1
   * @param seeds runs of everything, at least 1; tails of one differ by chance
   */
  public record Options(int requests, int seeds) {
    /** Long enough for a 99.9th percentile, and often enough to tell 3 % from chance. */
    public static final Options DEFAULT = new Options(2_000, 5);
  }

  private final Options options;
  private final ExperimentRun run;
  private final List<ExperimentReport.Part> parts = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();

  private Pressure(Options options, ExperimentRun run) {
    this.options = options;
    this.run = run;
  }

  /** Runs the experiment. */
  public static ExperimentReport run(Options options, ExperimentRun run) {
    Pressure experiment = new Pressure(options, run);
    for (PolicyKind policy : List.of(PolicyKind.FAIR_SLACK, PolicyKind.TRACED)) {
      experiment.squeeze(policy, "llama-3-8b", "a10", 0, chat(0.8));
      experiment.squeeze(policy, "llama-3-8b", "a10", SLOW_LINK, chat(0.8));
      experiment.squeeze(policy, "qwen2.5-32b", "a100", 0, chat(0.8));
      experiment.squeeze(policy, "llama-3-8b", "h100", 0, documents(2));
    }
    return new ExperimentReport(
        "pressure",
        "KV memory for a quarter of the demand, and three ways to treat who loses it",
        run.seed(),
        NOTES,
        COLUMNS,
        experiment.parts,
        experiment.goals);
  }

  private void squeeze(
      PolicyKind policy, String model, String device, double bytesPerSecond, Workload workload) {
    List<ExperimentReport.Part> bySeed = new ArrayList<>();
    for (int i = 0; i < options.seeds(); i++) {
      ExperimentRun each = new ExperimentRun(run.seed() + i, run.progress());
      bySeed.add(squeeze(policy, model, device, bytesPerSecond, workload, each));
    }
    parts.add(bySeed.getFirst());
    goals.addAll(PressureGoals.of(bySeed));
  }

  private ExperimentReport.Part squeeze(
      PolicyKind policy,
      String model,
      String device,
      double bytesPerSecond,
      Workload workload,
      ExperimentRun seeded) {
    Hardware hardware = Rigs.of(model, device, bytesPerSecond, PIECE_NANOS);
    double link = hardware.tiers().getFirst().link().readBytesPerSecond();
    Comparison roomy =
        new Comparison(
            model + " on " + device,
            Map.of(),
            hardware,
            Promises.NONE,
            SessionPacing.AFTER_ANSWER,
            SimSetup.Timing.DEFAULT,
            workload,
            new Shaping(1, 1, options.requests(), Long.MAX_VALUE, 0, Set.of()),
            engines(policy));
    int demand = Demand.blocks(roomy, seeded.seed());
    int blocks = Math.max(demand / PART, Demand.longestRequest(roomy, seeded.seed()));
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("model", model);
    columns.put("device", device);
    columns.put("workload", workload.name());
    columns.put("link_bytes_per_s", link);
    columns.put("kv_blocks", blocks);
    columns.put("demand_blocks", demand);
    String title =
        String.format(
            Locale.ROOT,
            "%s: %s on %s, %s, link of %.0f GB/s, KV for %,d of %,d blocks",
            policy.label(),
            model,
            device,
            workload.name(),
            link / 1e9,
            blocks,
            demand);
    String origin = "a quarter of the most that requests hold at once where there is room for all";
    return seeded.run(roomy.entitled(title, columns).on(Rigs.withBlocks(hardware, blocks, origin)));
  }

  private static List<Engine> engines(PolicyKind policy) {
    Engine choice = Engine.kvasir(CHOICE, policy, RUNNING_REQUESTS, STEP_TOKENS);
    Engine recompute = mode(choice, RECOMPUTE, PreemptionMode.RECOMPUTE);
    return List.of(
        recompute.untiered(UNTIERED), recompute, mode(choice, SWAP, PreemptionMode.SWAP), choice);
  }

  private static Engine mode(Engine engine, String label, PreemptionMode mode) {
    return engine.scheduling(label, engine.scheduler().toBuilder().preemption(mode).build());
  }

  /** Conversations, as in the FastSwitch experiment. */
  private static Workload chat(double requestsPerSecond) {
    return workload(
        "chat",
        "conversations of 1 to 10 turns; log-normal prompts (median 66 tokens) and answers (median"
            + " 200); 10 s of thinking",
        requestsPerSecond,
        new LengthDistribution.LogNormal(66, 1.35, 4, 1024),
        new Turns(new LengthDistribution.Uniform(1, 10), 10),
        new LengthDistribution.LogNormal(200, 0.85, 1, 1024));
  }

  /** Long prompts that share nothing. */
  private static Workload documents(double requestsPerSecond) {
    return workload(
        "documents",
        "single requests; prompts of 1,000 to 6,000 tokens, answers of 100 to 600",
        requestsPerSecond,
        new LengthDistribution.Uniform(1000, 6000),
        Turns.ONE,
        new LengthDistribution.Uniform(100, 600));
  }

  private static Workload workload(
      String name,
      String description,
      double requestsPerSecond,
      LengthDistribution prompts,
      Turns turns,
      LengthDistribution answers) {
    TenantMix mix =
        new TenantMix(
            name,
            requestsPerSecond,
            new ArrivalProcess.Poisson(),
            new PromptShape.Tokens(0, prompts),
            turns,
            answers,
            true,
            0,
            SamplingSpec.GREEDY,
            SloTargets.NONE,
            0);
    String full = description + "; " + requestsPerSecond + " requests per second";
    return new SyntheticWorkload(name, full, List.of(mix), Duration.ofDays(1));
  }
}
