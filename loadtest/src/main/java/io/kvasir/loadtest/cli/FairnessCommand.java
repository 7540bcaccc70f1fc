package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.sim.experiment.Fairness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the fairness of every policy in virtual time. */
@Command(
    name = "fairness",
    description = {
      "Compare the fairness of every policy in virtual time, while 1.5 times as much is asked for"
          + " as can be served.",
      "",
      "The clients are those of traces, or 27 synthetic ones. Service difference as in VTC's"
          + " evaluation (OSDI'24), Jain's index of tenants that had requests waiting all the time,"
          + " and how many requests met their targets: TTFT 5 s, 200 ms per token. Then a tenant"
          + " within its share beside one that floods."
    },
    footer = {
      "",
      "Progress goes to the standard error; the same options and seed give the same files, byte for"
          + " byte. docs/experiments.md explains rows and assumptions.",
      "",
      "Exit codes: 0 done, whether goals were met or not; 1 cannot be run, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate fairness --trace vtc_arena_27clients.csv --json fairness.json"
    },
    mixinStandardHelpOptions = true)
final class FairnessCommand implements Callable<Integer> {
  private static final int LEAST_REQUESTS = 100;
  private static final int MOST_REQUESTS = 1_000_000;

  @Spec private CommandSpec spec;

  @Mixin private ExperimentOptions options;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A trace with clients: vtc_arena is run on the hardware of VTC's evaluation, others"
              + " (ServeGen, ...) on an A100; several give several tables (default: 27 synthetic"
              + " clients).")
  private List<Path> traces = new ArrayList<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most requests of each workload, 100 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int limit = Fairness.Options.DEFAULT_REQUESTS;

  @Override
  public Integer call() {
    within(spec, "--limit", limit, LEAST_REQUESTS, MOST_REQUESTS);
    return options.run(run -> Fairness.run(new Fairness.Options(traces, limit), run));
  }
}
