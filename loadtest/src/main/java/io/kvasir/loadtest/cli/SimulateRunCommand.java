package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.sim.engine.SimulationFailedException;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.report.SimReport;
import io.kvasir.loadtest.sim.report.SimReportHtml;
import io.kvasir.loadtest.sim.report.SimReportJson;
import io.kvasir.loadtest.sim.report.SimReportTable;
import io.kvasir.loadtest.sim.report.TraceFile;
import io.kvasir.loadtest.sim.scenario.Scenario;
import io.kvasir.loadtest.sim.scenario.ScenarioRun;
import io.kvasir.loadtest.sim.scenario.ScenarioYaml;
import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a scenario in virtual time. */
@Command(
    name = "run",
    description = {
      "Run a scenario in virtual time: the scheduler's own core, policies and KV metadata, on a"
          + " worker whose steps and copies take the time that a cost model says.",
      "Prints a line per system of the scenario. The same scenario and seed give the same files,"
          + " byte for byte."
    },
    footer = {
      "",
      "docs/scenarios has examples that show every key. Progress and speed go to the standard"
          + " error.",
      "",
      "Exit codes: 0 done, 1 the scenario cannot be run, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir simulate run --scenario docs/scenarios/pressure.yaml --html report.html"
    },
    mixinStandardHelpOptions = true)
final class SimulateRunCommand implements Callable<Integer> {
  private static final long TRACE_EVENTS = 1_000_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scenario",
      required = true,
      paramLabel = "FILE",
      description = "The scenario, a YAML file; files it names are found from where it lies.")
  private Path scenario = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all randomness (default: the scenario's own).")
  private @Nullable Long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write assumptions and one row per system to this file as one JSON object.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a self-contained page with charts that compare the systems.")
  private @Nullable Path html;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Write steps, copies and each tenant's requests, when they wait, run, are preempted and"
              + " resumed, for ui.perfetto.dev or chrome://tracing: the first"
              + " million events.")
  private @Nullable Path trace;

  @Option(
      names = "--check",
      description = "Check every invariant of the scheduler after every event: much slower.")
  private boolean check;

  @Override
  public Integer call() {
    OutputFiles.check(spec, "--json", json);
    OutputFiles.check(spec, "--html", html);
    OutputFiles.check(spec, "--trace", trace);
    PrintWriter err = spec.commandLine().getErr();
    try {
      Scenario read = ScenarioYaml.read(scenario);
      Scenario chosen = seed == null ? read : read.withSeed(seed);
      SimReport report = run(check ? chosen.checkingEverything() : chosen);
      PrintWriter out = spec.commandLine().getOut();
      out.print(SimReportTable.of(report));
      out.flush();
      OutputFiles.write("--json", json, SimReportJson.text(report));
      OutputFiles.write("--html", html, SimReportHtml.of(report));
      return ExitCode.OK;
    } catch (WorkloadException | SimulationFailedException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private SimReport run(Scenario chosen) throws IOException {
    Progress progress = new Progress(spec.commandLine().getErr());
    Path path = trace;
    if (path == null) {
      return ScenarioRun.run(chosen, null, progress::row);
    }
    try (TraceFile file = new TraceFile(path, TRACE_EVENTS)) {
      SimReport report =
          ScenarioRun.run(chosen, setup -> file.system(setup.label()), progress::row);
      if (file.cut()) {
        spec.commandLine()
            .getErr()
            .printf(Locale.ROOT, "--trace: %s holds the first %,d events%n", path, TRACE_EVENTS);
      }
      return report;
    } catch (UncheckedIOException e) {
      throw unwritable(path, e.getCause());
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static IOException unwritable(Path path, @Nullable Throwable cause) {
    return new IOException("--trace: " + path + " cannot be written: " + cause, cause);
  }

  /** Says how fast each system was simulated. */
  private static final class Progress {
    private final PrintWriter err;
    private long sinceNanos = System.nanoTime();

    Progress(PrintWriter err) {
      this.err = err;
    }

    void row(SimMetrics row) {
      long now = System.nanoTime();
      double wall = (now - sinceNanos) / 1e9;
      sinceNanos = now;
      err.printf(
          Locale.ROOT,
          "%s: %,.0f s of traffic in %.1f s, %,.0f steps/s%n",
          row.label(),
          row.seconds(),
          wall,
          row.steps() / wall);
      err.flush();
    }
  }
}
