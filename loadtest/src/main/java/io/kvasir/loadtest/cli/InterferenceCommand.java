package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.interference.InterferenceReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
          + " windows without copies."
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

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A GGUF model that computes the steps (default: the bundled one).")
  private @Nullable Path model;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where the file of the SSD tier lies (default: where temporary files do).")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

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

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures to this file as one JSON object too.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    require(threads >= 1 && threads <= 1024, "--threads is 1 to 1024.");
    require(pairs >= 1 && pairs <= 10_000, "--pairs is 1 to 10000.");
    require(windowSteps >= 100 && windowSteps <= 100_000, "--window-steps is 100 to 100000.");
    Path file =
        model != null
            ? model
            : Path.of(System.getProperty("kvasir.home", "."))
                .resolve("worker/models/kvasir-prose-q8_0.gguf");
    require(Files.isReadable(file), "--model: " + file + " cannot be read.");
    require(Files.isDirectory(directory), "--directory: " + directory + " is no directory.");
    PrintWriter out = spec.commandLine().getOut();
    try {
      String figures =
          new InterferenceReport(file, directory, threads, pairs, windowSteps)
              .run(line -> {
                out.println(line);
                out.flush();
              });
      if (json != null) {
        Files.writeString(json, figures + "\n");
      }
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e);
      return ExitCode.SOFTWARE;
    }
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }
}
