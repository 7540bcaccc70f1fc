package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.sim.calibrate.Calibration;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.worker.model.BundledModel;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fits the cost of a step on this machine. */
@Command(
    name = "calibrate",
    description = {
      "Run live steps of a model on this machine's processor and fit their time:",
      "a + b * tokens + c * pairs + d * requests, where a pair is a computed token and one that it"
          + " attends to. A scenario names the file as its device: {fit: FILE}."
    },
    footer = {
      "",
      "Run it on an otherwise idle machine, with the threads and limits of the server.",
      "",
      "Exit codes: 0 done, 1 the file cannot be written, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate calibrate --model model.gguf --out this-cpu.json"
    },
    mixinStandardHelpOptions = true)
final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "The model, a GGUF file (default: the bundled one).")
  private @Nullable Path model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Write the fit to this file.")
  private Path out = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute, 1 to 1024 (default: the processors, ${DEFAULT-VALUE}).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--max-step-tokens",
      paramLabel = "N",
      description = "Most tokens one step computes, 1 to 65536 (default: ${DEFAULT-VALUE}).")
  private int maxStepTokens = 512;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "Most requests of a step, 1 to 4096 (default: ${DEFAULT-VALUE}).")
  private int maxRequests = 16;

  @Option(
      names = "--passes",
      paramLabel = "N",
      description = "Measurements of every step, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int passes = 5;

  @Override
  public Integer call() {
    within(spec, "--threads", threads, 1, 1024);
    within(spec, "--max-step-tokens", maxStepTokens, 1, 1 << 16);
    within(spec, "--max-requests", maxRequests, 1, 4096);
    within(spec, "--passes", passes, 1, 1000);
    if (maxRequests > maxStepTokens) {
      throw new ParameterException(
          spec.commandLine(), "--max-requests: is above --max-step-tokens.");
    }
    OutputFiles.check(spec, "--out", out);
    try {
      Path file = model == null ? BundledModel.file("--model") : model;
      OutputFiles.write("--out", out, fit(file).json());
      return ExitCode.OK;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private FittedStepTime fit(Path path) {
    try (ModelFile file = ModelFile.open(path)) {
      FittedStepTime fit = Calibration.measure(file, threads, maxStepTokens, maxRequests, passes);
      PrintWriter text = spec.commandLine().getOut();
      text.printf(
          Locale.ROOT,
          "%s with %d threads: %.1f us + %.3f us per token + %.3f ns per pair + %.2f us per"
              + " request; mean error %.1f %% over %d steps%n",
          fit.model(),
          fit.threads(),
          fit.stepNanos() / 1e3,
          fit.tokenNanos() / 1e3,
          fit.pairNanos(),
          fit.requestNanos() / 1e3,
          100 * fit.meanRelativeError(),
          fit.steps());
      text.flush();
      return fit;
    } catch (ModelFormatException e) {
      throw new ParameterException(spec.commandLine(), "--model: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
