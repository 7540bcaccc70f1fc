package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
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
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.TracePattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The evaluation of FastSwitch (arXiv 2411.18424, section 5) in virtual time: conversations whose
 * priorities change all the time, on an engine that swaps block by block and waits for it, with
 * each of FastSwitch's mechanisms, with all of them, and on others.
 */
public final class FastSwitch {
  /** Longest answer. */
  public static final int MOST_ANSWER_TOKENS = 1024;

  /** The range of tail gains that the paper reports. */
  private static final double LEAST_GAIN = 1.4;

  private static final double MOST_GAIN = 11.2;

  private static final int MOST_TURNS = 10;
  private static final double THINK_SECONDS = 10;

  private static final List<Column> COLUMNS =
      List.of(
          Column.SYSTEM,
          Column.TTFT_P50,
          Column.TTFT_P95,
          Column.TTFT_P99,
          Column.TTFT_P999,
          Column.TBT_P50,
          Column.TBT_P99,
          Column.TBT_P999,
          Column.TOKENS,
          Column.PREEMPTED,
          Column.SWAP,
          Column.RECOMPUTED,
          Column.STALL,
          Column.TAIL_STALL);

  /** The tail columns that are compared. */
  private enum Tail {
    TTFT_P95(95),
    TTFT_P99(99),
    TTFT_P999(99.9),
    TBT_P999(99.9);

    final double percentile;

    Tail(double percentile) {
      this.percentile = percentile;
    }

    double of(SimMetrics row) {
      Latency latency = this == TBT_P999 ? row.tbt() : row.ttft();
      return latency.at(percentile);
    }

    String label() {
      return name().substring(0, name().indexOf('_'))
          + " p"
          + (percentile == 99.9 ? "99.9" : (int) percentile);
    }
  }

  /**
   * What is run.
   *
   * @param conversations that begin, at least 1
   * @param requestsPerSecond turns of all conversations; conversations begin by a Poisson process
   * @param pieceNanos cost of each piece that is copied
   * @param answerTokens median of an answer's length
   */
  public record Options(
      int conversations, double requestsPerSecond, long pieceNanos, int answerTokens) {
    /** As in the paper. */
    public static final Options DEFAULT = new Options(1000, 1, 3_000, 200);
  }

  private final Options options;

  private FastSwitch(Options options) {
    this.options = options;
  }

  /** Runs the experiment. */
  public static ExperimentReport run(Options options, ExperimentRun run) {
    FastSwitch experiment = new FastSwitch(options);
    List<ExperimentReport.Part> parts = new ArrayList<>();
    List<Goal> goals = new ArrayList<>();
    for (Comparison comparison : experiment.comparisons(run.seed())) {
      ExperimentReport.Part part = run.run(comparison);
      parts.add(part);
      goals.add(paperRange(part));
      goals.add(ahead(part, FastSwitchRows.KVASIR, FastSwitchRows.FASTSWITCH));
      goals.add(ahead(part, FastSwitchRows.KVASIR_TRACED, FastSwitchRows.FASTSWITCH));
    }
    return new ExperimentReport(
        "fastswitch",
        "FastSwitch's evaluation in virtual time: swapping under priorities that change",
        run.seed(),
        FastSwitchNotes.ALL,
        COLUMNS,
        parts,
        goals);
  }

  private List<Comparison> comparisons(long seed) {
    Hardware small = Rigs.of("llama-3-8b", "a10", 0, options.pieceNanos());
    Hardware large = Rigs.of("qwen2.5-32b", "a100", 0, options.pieceNanos());
    return List.of(
        comparison(small, "a10", TracePattern.RANDOM, 0.04, seed),
        comparison(small, "a10", TracePattern.MARKOV, 0.04, seed),
        comparison(large, "a100", TracePattern.RANDOM, 0.02, seed),
        comparison(large, "a100", TracePattern.MARKOV, 0.02, seed));
  }

  private Comparison comparison(
      Hardware hardware, String device, TracePattern pattern, double frequency, long seed) {
    String priorities = pattern.name().toLowerCase(Locale.ROOT);
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("model", hardware.model().name());
    columns.put("device", device);
    columns.put("priorities", priorities);
    columns.put("priority_updates_per_step", frequency);
    String title =
        "%s on %s, %s priorities, %s updates per step"
            .formatted(hardware.model().name(), device, priorities, frequency);
    return new Comparison(
        title,
        columns,
        hardware,
        Promises.NONE,
        SessionPacing.AFTER_ANSWER,
        SimSetup.Timing.DEFAULT,
        workload(),
        Shaping.NONE,
        FastSwitchRows.of(PolicySettings.DEFAULT.tracing(pattern, seed, frequency)));
  }

  private Workload workload() {
    Turns turns = new Turns(new LengthDistribution.Uniform(1, MOST_TURNS), THINK_SECONDS);
    TenantMix chat =
        new TenantMix(
            "chat",
            options.requestsPerSecond(),
            new ArrivalProcess.Poisson(),
            new PromptShape.Tokens(0, new LengthDistribution.LogNormal(66, 1.35, 4, 1024)),
            turns,
            new LengthDistribution.LogNormal(options.answerTokens(), 0.85, 1, MOST_ANSWER_TOKENS),
            true,
            0,
            SamplingSpec.GREEDY,
            SloTargets.NONE,
            options.conversations());
    String description =
        ("%,d conversations of 1 to %d turns (5.5 on average) begin by a Poisson process, such that"
             + " %s requests arrive per second; a turn adds a log-normal prompt (median 66 tokens,"
             + " mean 145) to all that was said and gets a log-normal answer (median %d, mean 1.4"
             + " times that); %.0f s of thinking on average between an answer and the next turn")
            .formatted(
                options.conversations(),
                MOST_TURNS,
                options.requestsPerSecond(),
                options.answerTokens(),
                THINK_SECONDS);
    return new SyntheticWorkload("chat", description, List.of(chat), Duration.ofDays(1));
  }

  private static Goal paperRange(ExperimentReport.Part part) {
    SimMetrics slow = part.row(FastSwitchRows.BASELINE);
    SimMetrics fast = part.row(FastSwitchRows.FASTSWITCH);
    boolean within = true;
    List<String> seen = new ArrayList<>();
    for (Tail tail : Tail.values()) {
      double gain = tail.of(slow) / tail.of(fast);
      within &= gain >= LEAST_GAIN && gain <= MOST_GAIN;
      seen.add(String.format(Locale.ROOT, "%s %.2fx", tail.label(), gain));
    }
    seen.add(String.format(Locale.ROOT, "throughput %.2fx", fast.throughput() / slow.throughput()));
    String goal =
        "%s: FastSwitch's tails are %s to %s times shorter than the baseline's"
            .formatted(part.report().name(), LEAST_GAIN, MOST_GAIN);
    return new Goal(goal, within, String.join(", ", seen));
  }

  private static Goal ahead(ExperimentReport.Part part, String label, String other) {
    boolean ahead = true;
    List<String> seen = new ArrayList<>();
    for (Tail tail : Tail.values()) {
      double gain = tail.of(part.row(other)) / tail.of(part.row(label));
      ahead &= gain > 1;
      seen.add(String.format(Locale.ROOT, "%s %.2fx", tail.label(), gain));
    }
    String goal =
        "%s: %s is ahead of FastSwitch on every tail".formatted(part.report().name(), label);
    return new Goal(goal, ahead, String.join(", ", seen));
  }
}
