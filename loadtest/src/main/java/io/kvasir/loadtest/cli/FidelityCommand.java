package io.kvasir.loadtest.cli;

import io.kvasir.loadtest.live.LiveRun;
import io.kvasir.loadtest.live.TargetServer;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.loadtest.sim.engine.SimulationFailedException;
import io.kvasir.loadtest.sim.fidelity.FidelityReport;
import io.kvasir.loadtest.sim.fidelity.FullLength;
import io.kvasir.loadtest.sim.fidelity.SimulatedTwin;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.worker.model.BundledModel;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the simulator with a live run of the same arrivals. */
@Command(
    name = "fidelity",
    description = {
      "Serve a model in this process, drive a workload at it, simulate the same arrivals with the"
          + " step time of this machine, and print both: TTFT and TBT at p50 and p99.",
      "The step time, and what a call costs beside its steps, are fitted to a run before, with"
          + " other arrivals."
    },
    footer = {
      "",
      "Run it on an otherwise idle machine. docs/fidelity.md says what is compared.",
      "",
      "Exit codes: 0 every figure is within 15 %, 1 one is not, or something failed, 2 called"
          + " wrongly.",
      "",
      "Example:",
      "  kvasir simulate fidelity --duration 60s --json fidelity.json"
    },
    mixinStandardHelpOptions = true)
final class FidelityCommand implements Callable<Integer> {
  private static final int MAX_OUTSTANDING = 1024;
  private static final int WARM_UP_REQUESTS = 48;
  private static final double FAST_PERCENTILE = 5;
  private static final Duration DRAIN = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Serve this GGUF file instead of the bundled model.")
  private @Nullable Path model;

  @Option(
      names = "--workload",
      paramLabel = "WORKLOAD",
      description = "As for loadtest (default: ${DEFAULT-VALUE}).")
  private String workload = "mixed";

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Requests per second of all tenants together (default: the workload's own).")
  private @Nullable Double rate;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Send for this long, twice (default: 30s).")
  private Duration duration = Duration.ofSeconds(30);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all randomness of the load (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--fit",
      paramLabel = "FILE",
      description =
          "Use this step time of simulate calibrate instead of fitting one to live steps.")
  private @Nullable Path fit;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write assumptions and one row per figure to this file as one JSON object.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    OutputFiles.check(spec, "--json", json);
    QuietLog.warningsOnly();
    Workload load = workload();
    PrintWriter err = spec.commandLine().getErr();
    try {
      Path file = model == null ? BundledModel.file("--model") : model;
      FittedStepTime given = fit == null ? null : FittedStepTime.read(fit);
      FidelityReport report = compare(file, load, given);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.table());
      out.flush();
      OutputFiles.write("--json", json, report.json());
      return report.within() ? ExitCode.OK : ExitCode.SOFTWARE;
    } catch (IOException
        | ModelFormatException
        | TargetServer.UnreachableException
        | WorkloadException
        | SimulationFailedException
        | IllegalStateException e) {
      err.println("fidelity: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private Workload workload() {
    try {
      Workload found = Workloads.find(workload);
      return new FullLength(rate == null ? found : found.atRate(rate));
    } catch (WorkloadException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private FidelityReport compare(Path file, Workload load, @Nullable FittedStepTime given)
      throws IOException, TargetServer.UnreachableException {
    try (DemoServer server = DemoServer.start(file, 0, 0);
        TargetServer target = new TargetServer(server.grpcAddress())) {
      Shaping brief = shaping(target, 0.1, WARM_UP_REQUESTS);
      run(target, settings(load, brief, ~seed)).runQuietly();
      Shaping whole = shaping(target, 1, Long.MAX_VALUE);
      say("Fitting to live steps of a run with other arrivals ...");
      server.forgetSteps();
      LiveRun.Settings other = settings(load, whole, seed + 1);
      LoadReport learned = measure(target, other);
      FittedStepTime stepTime = given == null ? server.fitSteps() : given;
      // Of those that waited for nothing, so that queues are not taken for a constant.
      double fast = simulate(other, stepTime, server).ttft().at(FAST_PERCENTILE);
      double clientMillis = Math.max(0, learned.total().ttft().at(FAST_PERCENTILE) - fast);
      say("Measuring ...");
      LiveRun.Settings settings = settings(load, whole, seed);
      LoadReport live = measure(target, settings);
      live.warnings().forEach(this::say);
      SimMetrics simulated = simulate(settings, stepTime, server);
      return FidelityReport.of(
          assumptions(settings, stepTime, clientMillis, live, simulated),
          new FidelityReport.Figures(live.total().ttft(), live.total().tbt()),
          new FidelityReport.Figures(simulated.ttft(), simulated.tbt()),
          clientMillis);
    }
  }

  private LoadReport measure(TargetServer target, LiveRun.Settings settings) {
    return run(target, settings)
        .run(new LiveRun.Audience(spec.commandLine().getErr(), Terminal.errorIsTerminal()));
  }

  private static SimMetrics simulate(
      LiveRun.Settings settings, FittedStepTime stepTime, DemoServer server) {
    return SimulatedTwin.run(settings, stepTime, DemoServer.scheduler(), server.kvBlocks());
  }

  private Map<String, Object> assumptions(
      LiveRun.Settings settings,
      FittedStepTime stepTime,
      double clientMillis,
      LoadReport live,
      SimMetrics simulated) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("workload", settings.workload().name());
    facts.put("seed", settings.seed());
    facts.put("duration_s", duration.toMillis() / 1e3);
    facts.put("processors", Runtime.getRuntime().availableProcessors());
    facts.put("step_time_from", fit == null ? "a live run with other arrivals" : "a fit file");
    facts.putAll(stepTime.assumptions());
    facts.put("client_ms", clientMillis);
    facts.put("live_requests", live.total().sent());
    facts.put("simulated_requests", simulated.sent());
    facts.put("live_cached_tokens", live.total().cachedTokens());
    facts.put("simulated_cached_tokens", simulated.cachedTokens());
    facts.put("live_output_tokens", live.total().outputTokens());
    facts.put("simulated_output_tokens", simulated.outputTokens());
    facts.put("live_preemptions", live.total().preemptions());
    facts.put("simulated_preemptions", simulated.preemptions());
    return facts;
  }

  private Shaping shaping(TargetServer target, double timeScale, long limit) {
    return new Shaping(timeScale, 1, limit, duration.toNanos(), target.contextTokens(), Set.of());
  }

  private static LiveRun.Settings settings(Workload load, Shaping shaping, long seed) {
    return new LiveRun.Settings(load, seed, shaping, MAX_OUTSTANDING, DRAIN);
  }

  private static LiveRun run(TargetServer target, LiveRun.Settings settings) {
    return new LiveRun(target, settings, completion -> {});
  }

  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(what);
    err.flush();
  }
}
