package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.loadtest.hitrate.BlockTrace;
import io.kvasir.loadtest.hitrate.HitRateReport;
import io.kvasir.loadtest.hitrate.HitRateStudy;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.trace.TraceFormat;
import io.kvasir.loadtest.workload.trace.TraceWorkload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares eviction policies on traces. */
@Command(
    name = "hitrate",
    description = {
      "Replay the prompts of traces through a prefix cache of metadata only, and report what share"
          + " of their tokens is found and what share of the cost of computing them is saved.",
      "Compared are the pool's own policies, LRU and value (cost of recomputing the end of a"
          + " sequence over its age), value by each block's own position (as published for caches"
          + " that need no prefix), and the offline optimum (the block whose next use is farthest)."
    },
    footer = {
      "",
      "Traces need prefix block ids: Mooncake's, or sessions of coding agents.",
      "",
      "Exit codes: 0 done, 1 a file cannot be read or written, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate hitrate --trace mooncake_conversation.jsonl.gz \\",
      "    --capacity-blocks 1000,10000 --json hitrate.json"
    },
    mixinStandardHelpOptions = true)
final class HitrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--trace",
      required = true,
      paramLabel = "FILE",
      description = "A trace, compressed or not. Give it again for another one.")
  private List<Path> traces = new ArrayList<>();

  @Option(
      names = "--capacity-blocks",
      required = true,
      split = ",",
      paramLabel = "N",
      description = "Blocks that the cache holds, at least 1; several sizes give several rows.")
  private List<Integer> capacitiesBlocks = new ArrayList<>();

  @Option(
      names = "--block-tokens",
      paramLabel = "N",
      description =
          "Tokens of a block, at least 1 (default: ${DEFAULT-VALUE}, Mooncake's own; sessions of"
              + " agents have ids for every 64).")
  private int blockTokens = 512;

  @Option(
      names = "--double-cost-tokens",
      paramLabel = "N",
      description =
          "Position, in tokens, at which computing a token costs twice as much as at the start,"
              + " because of attention; for value, and for the cost saved (default:"
              + " ${DEFAULT-VALUE}, about that of a model with 8 billion parameters).")
  private int doubleCostTokens = EvictionKind.DOUBLE_COST_TOKENS;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Sessions of agents that start per second, whose trace leaves it open (default:"
              + " ${DEFAULT-VALUE}).")
  private double rate = 0.05;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides when sessions of agents start (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures and their assumptions to this file as one JSON object too.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    check();
    PrintWriter err = spec.commandLine().getErr();
    try {
      List<HitRateStudy> studies = new ArrayList<>();
      for (Path trace : traces) {
        studies.add(study(trace));
      }
      HitRateReport report = new HitRateReport(blockTokens, doubleCostTokens, rate, seed, studies);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      out.flush();
      OutputFiles.write("--json", json, report.json() + "\n");
      return ExitCode.OK;
    } catch (WorkloadException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private void check() {
    require(spec, blockTokens >= 1, "--block-tokens is at least 1.");
    require(spec, doubleCostTokens >= 1, "--double-cost-tokens is at least 1.");
    require(spec, rate > 0 && rate <= 1e6, "--rate is above 0 and at most 1000000.");
    require(
        spec,
        capacitiesBlocks.stream().allMatch(blocks -> blocks >= 1),
        "--capacity-blocks is at least 1.");
    OutputFiles.check(spec, "--json", json);
  }

  private HitRateStudy study(Path file) {
    TraceFormat format = TraceFormat.of(file);
    if (format != TraceFormat.MOONCAKE && format != TraceFormat.AGENTS) {
      throw new WorkloadException(
          file + ": the " + format.description() + " has no ids of prefix blocks");
    }
    TraceWorkload workload = new TraceWorkload(file, format, rate);
    try (ArrivalStream arrivals = workload.arrivals(seed)) {
      BlockTrace trace = BlockTrace.read(arrivals, blockTokens);
      String name = String.valueOf(file.getFileName());
      return HitRateStudy.of(name, trace, capacitiesBlocks, doubleCostTokens);
    }
  }
}
