package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.sim.experiment.Pressure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares what becomes of requests that lose their KV, in virtual time. */
@Command(
    name = "pressure",
    description = {
      "Compare recomputing, swapping and choosing between them for each victim, in virtual time,"
          + " with KV memory for a quarter of the demand.",
      "",
      "The demand is the most that the requests hold at once where there is room for all. Chat on"
          + " two devices and over a fast and a slow link, and long documents."
    },
    footer = {
      "",
      "Progress goes to the standard error; the same options and seed give the same files, byte for"
          + " byte. docs/experiments.md explains rows and assumptions.",
      "",
      "Exit codes: 0 done, whether goals were met or not; 1 cannot be run, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate pressure --json pressure.json --html pressure.html"
    },
    mixinStandardHelpOptions = true)
final class PressureCommand implements Callable<Integer> {
  private static final int LEAST_REQUESTS = 20;
  private static final int MOST_REQUESTS = 1_000_000;
  private static final int MOST_SEEDS = 100;

  @Spec private CommandSpec spec;

  @Mixin private ExperimentOptions options;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Requests of each workload, 20 to 1000000 (default: ${DEFAULT-VALUE}).")
  private int limit = Pressure.Options.DEFAULT.requests();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "Runs of everything, with this many seeds from --seed on; goals are judged over all of"
              + " them, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int seeds = Pressure.Options.DEFAULT.seeds();

  @Override
  public Integer call() {
    within(spec, "--seeds", seeds, 1, MOST_SEEDS);
    within(spec, "--limit", limit, LEAST_REQUESTS, MOST_REQUESTS);
    return options.run(run -> Pressure.run(new Pressure.Options(limit, seeds), run));
  }
}
