package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.sim.engine.SimulationFailedException;
import io.kvasir.loadtest.sim.experiment.ExperimentHtml;
import io.kvasir.loadtest.sim.experiment.ExperimentJson;
import io.kvasir.loadtest.sim.experiment.ExperimentReport;
import io.kvasir.loadtest.sim.experiment.ExperimentRun;
import io.kvasir.loadtest.sim.experiment.ExperimentTable;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that run an experiment have in common. */
final class ExperimentOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all that is random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write assumptions, one row per system and the goals to this file as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a self-contained page with tables and charts to this file.")
  private @Nullable Path html;

  /** Runs an experiment, prints its table and writes the files. */
  int run(Function<ExperimentRun, ExperimentReport> experiment) {
    OutputFiles.check(spec, "--json", json);
    OutputFiles.check(spec, "--html", html);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      ExperimentReport report = experiment.apply(new ExperimentRun(seed, new ProgressLines(err)));
      out.print(ExperimentTable.of(report));
      out.flush();
      OutputFiles.write("--json", json, ExperimentJson.text(report));
      OutputFiles.write("--html", html, ExperimentHtml.of(report));
      return ExitCode.OK;
    } catch (WorkloadException | SimulationFailedException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  /** Says how fast each row was simulated. */
  private static final class ProgressLines implements ExperimentRun.Progress {
    private final PrintWriter err;
    private long sinceNanos = System.nanoTime();

    ProgressLines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void row(String title, SimMetrics row) {
      long now = System.nanoTime();
      err.printf(
          Locale.ROOT,
          "%s: %s: %,.0f s of traffic in %.1f s%n",
          title,
          row.label(),
          row.seconds(),
          (now - sinceNanos) / 1e9);
      err.flush();
      sinceNanos = now;
    }
  }
}
