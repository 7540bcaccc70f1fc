package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.scenario.Hardware;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.trace.TraceFormat;
import io.kvasir.loadtest.workload.trace.TraceWorkload;
import io.kvasir.scheduler.policy.PolicyKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Fairness of every policy while more is asked for than can be served: clients of traces, and a
 * flood beside a tenant that stays within its share.
 */
public final class Fairness {
  static final double OVERLOAD = 1.5;

  private static final int RUNNING_REQUESTS = 256;
  private static final int STEP_TOKENS = 512;
  private static final long PIECE_NANOS = 10_000;
  private static final SloTargets TARGETS = new SloTargets(5_000, 200);
  private static final SimSetup.Timing UNDER_LOAD =
      new SimSetup.Timing(
          false, SimSetup.Timing.DEFAULT.sampleNanos(), SimSetup.Timing.DEFAULT.windowNanos());

  /* The pool of VTC's evaluation, 10,000 tokens. */
  private static final int VTC_BLOCKS = 10_000 / Rigs.BLOCK_TOKENS;

  private static final double LEAST_JAIN = 0.99;
  private static final double LEAST_THROUGHPUT = 0.97;

  private static final List<Column> COLUMNS =
      List.of(
          Column.SYSTEM,
          Column.REQUESTS,
          Column.DIFF_MAX,
          Column.DIFF_MEAN,
          Column.JAIN,
          Column.SLO,
          Column.SLO_WORST,
          Column.GOODPUT,
          Column.TOKENS,
          Column.PROCESSED,
          Column.TTFT_P50,
          Column.TTFT_P99,
          Column.TBT_P99,
          Column.TBT_P999,
          Column.PREEMPTED,
          Column.tenantTtftP99(ClientMix.QUIET));

  private static final List<String> NOTES =
      List.of(
          "load: times are stretched until 1.5 requests arrive for each that could end; what could"
              + " end is measured with all requests sent at once, first come, first served, until"
              + " none waits",
          "runs stop with the last arrival; what has not ended by then has not met its targets",
          "targets of everybody: TTFT 5 s, 200 ms per token on average; all weights are 1",
          "service difference: as in VTC's evaluation, over windows of 60 s, in tokens/s; Jain: of"
              + " the tenants that had a request waiting at every moment of such a window",
          "with prompts: prompt tokens computed and tokens generated, per second; who sends long"
              + " prompts and short answers lowers tokens/s when given a fair part",
          "a share is half of what the device ends per second; who stays within it asks for half of"
              + " it, the flood for 20 of them");

  /**
   * What is run.
   *
   * @param traces of whose clients; none: synthetic ones
   * @param requests most of each, at least 2
   */
  public record Options(List<Path> traces, int requests) {
    /** Most requests of each workload unless told otherwise. */
    public static final int DEFAULT_REQUESTS = 20_000;

    /** Keeps the traces unmodifiable. */
    public Options {
      traces = List.copyOf(traces);
    }
  }

  private final Options options;
  private final ExperimentRun run;
  private final List<ExperimentReport.Part> parts = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();

  private Fairness(Options options, ExperimentRun run) {
    this.options = options;
    this.run = run;
  }

  /**
   * Runs the experiment.
   *
   * @throws io.kvasir.loadtest.workload.WorkloadException if a trace cannot be read
   */
  public static ExperimentReport run(Options options, ExperimentRun run) {
    Fairness experiment = new Fairness(options, run);
    if (options.traces().isEmpty()) {
      experiment.overload(ClientMix.unequal(), vtcRig());
    }
    for (Path file : options.traces()) {
      TraceWorkload trace = TraceWorkload.of(file);
      boolean vtc = trace.format() == TraceFormat.VTC_ARENA;
      experiment.overload(trace, vtc ? vtcRig() : Rigs.of("llama-3-8b", "a100", 0, PIECE_NANOS));
    }
    FloodTrial.run(
        run,
        comparison("flood", Map.of(), Rigs.of("llama-3-8b", "a10", 0, PIECE_NANOS)),
        options.requests(),
        experiment.parts,
        experiment.goals);
    return new ExperimentReport(
        "fairness",
        "service of tenants while more is asked for than can be served, for every policy",
        run.seed(),
        NOTES,
        COLUMNS,
        experiment.parts,
        experiment.goals);
  }

  private static Hardware vtcRig() {
    return Rigs.withBlocks(
        Rigs.of("llama-2-7b", "a10", 0, PIECE_NANOS),
        VTC_BLOCKS,
        "10,000 tokens, the pool of VTC's evaluation");
  }

  private static Comparison comparison(
      String title, Map<String, Object> columns, Hardware hardware) {
    return new Comparison(
        title,
        columns,
        hardware,
        new Promises(Map.of(), TARGETS),
        SessionPacing.OPEN,
        UNDER_LOAD,
        ClientMix.unequal(),
        Shaping.NONE,
        engines());
  }

  private static List<Engine> engines() {
    return Stream.of(PolicyKind.values())
        .map(kind -> Engine.kvasir(kind.label(), kind, RUNNING_REQUESTS, STEP_TOKENS))
        .toList();
  }

  private void overload(Workload workload, Hardware hardware) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("clients", workload.name());
    columns.put("model", hardware.model().name());
    columns.put("load", OVERLOAD);
    String title =
        "%s on %s, %s times as many requests as can be served"
            .formatted(workload.name(), hardware.model().name(), OVERLOAD);
    Comparison all = comparison(title, columns, hardware).under(workload, Shaping.NONE);
    Shaping shaping = Saturation.at(all, options.requests(), OVERLOAD, run.seed());
    ExperimentReport.Part part = run.run(all.under(workload, shaping));
    parts.add(part);
    judge(part);
  }

  private void judge(ExperimentReport.Part part) {
    String title = part.report().name();
    SimMetrics own = part.row(PolicyKind.FAIR_SLACK.label());
    SimMetrics vtc = part.row(PolicyKind.VTC.label());
    SimMetrics fcfs = part.row(PolicyKind.FCFS.label());
    goals.add(
        new Goal(
            title + ": the default's largest service difference is at most VTC's",
            own.difference().max() <= vtc.difference().max(),
            String.format(
                Locale.ROOT,
                "%.0f tokens/s, VTC %.0f",
                own.difference().max(),
                vtc.difference().max())));
    goals.add(
        new Goal(
            title + ": Jain's index of the default is at least " + LEAST_JAIN,
            Double.isNaN(own.jain()) || own.jain() >= LEAST_JAIN,
            jain("default", own) + ", " + jain("VTC", vtc) + ", " + jain("FCFS", fcfs)));
    double share = own.processed() / fcfs.processed();
    goals.add(
        new Goal(
            title + ": the default's throughput, prompts counted, is at least 0.97 of FCFS's",
            share >= LEAST_THROUGHPUT,
            String.format(
                Locale.ROOT,
                "%.3f; of generated tokens alone %.3f",
                share,
                own.throughput() / fcfs.throughput())));
    SimMetrics best = own;
    for (SimMetrics row : part.report().rows()) {
      best = row.goodput() > best.goodput() ? row : best;
    }
    goals.add(
        new Goal(
            title + ": no policy has more goodput than the default",
            best.label().equals(own.label()),
            String.format(Locale.ROOT, "%.3f requests/s", own.goodput())
                + (best.label().equals(own.label())
                    ? ""
                    : String.format(Locale.ROOT, "; %s has %.3f", best.label(), best.goodput()))));
  }

  private static String jain(String name, SimMetrics row) {
    return Double.isNaN(row.jain())
        ? name + ": no two tenants waited throughout a window"
        : String.format(Locale.ROOT, "%s: %.4f", name, row.jain());
  }
}
