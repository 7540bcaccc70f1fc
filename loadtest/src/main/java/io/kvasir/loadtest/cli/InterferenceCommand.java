package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.interference.InterferenceReport;
import io.kvasir.worker.model.BundledModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what swapping one request costs the steps of the others. */
@Command(
    name = "interference",
    description = {
      "Measure how much longer steps take while another request is swapped.",
      "",
      "Windows of decode steps on the CPU runner alternate in one process: with copies of another"
          + " request's blocks over the copy engine, and without. Each is compared with its"
          + " neighbours; shown is the median of these ratios. Noise is the same ratio between"
          + " windows without copies. Share is how much of the time a copy thread works:"
          + " all of it, and what a worker gives it (--kv-copy-share)."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 a file cannot be read or written, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir bench interference --threads 1 --json interference.json"
    },
    mixinStandardHelpOptions = true)
final class InterferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private StudyOptions study;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A GGUF model that computes the steps (default: the bundled one).")
  private @Nullable Path model;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute steps, 1 to 1024 (default: one per processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Pairs of windows per row, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int pairs = 20;

  @Option(
      names = "--window-steps",
      paramLabel = "N",
      description = "Steps of a window, 100 to 100000 (default: ${DEFAULT-VALUE}).")
  private int windowSteps = 200;

  @Override
  public Integer call() {
    within(spec, "--threads", threads, 1, 1024);
    within(spec, "--pairs", pairs, 1, 10_000);
    within(spec, "--window-steps", windowSteps, 100, 100_000);
    return study.run((directory, lines) -> {
      Path file = model == null ? BundledModel.file("--model") : model;
      require(spec, Files.isReadable(file), "--model: " + file + " cannot be read.");
      return new InterferenceReport(file, directory, threads, pairs, windowSteps).run(lines);
    });
  }
}
