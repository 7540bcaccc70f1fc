package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.live.LiveRun;
import io.kvasir.loadtest.live.TargetServer;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.worker.model.BundledModel;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the bundled model and drives several tenants' requests at it. */
@Command(
    name = "demo",
    description = {
      "Serve the bundled model, drive several tenants' requests at it and report.",
      "Gateway, scheduler and worker run in this process; the requests go over gRPC."
    },
    footer = {
      "",
      "Exit codes: 0 every request got its answer or a refusal, 1 something failed, 2 called"
          + " wrongly."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final String WORKLOAD = "demo";
  private static final int MAX_OUTSTANDING = 256;
  private static final int WARM_UP_REQUESTS = 24;
  private static final Duration DRAIN = Duration.ofSeconds(30);
  private static final int LINE_CHARS = 96;

  @Spec private CommandSpec spec;
  @Mixin private ReportOptions reports;

  @Option(names = "--keep", description = "Keep serving after the report, until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Send requests for this long (default: 20s).")
  private Duration duration = Duration.ofSeconds(20);

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Serve this GGUF file instead of the bundled model.")
  private @Nullable Path model;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all randomness of the load (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Port of the client API (default: a free one).")
  private int grpcPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of /health and /metrics (default: a free one).")
  private int httpPort;

  private final CountDownLatch interrupted = new CountDownLatch(1);
  private volatile @Nullable LiveRun running;

  @Override
  public Integer call() throws InterruptedException {
    reports.check();
    within(spec, "--grpc-port", grpcPort, 0, 65_535);
    within(spec, "--http-port", httpPort, 0, 65_535);
    QuietLog.warningsOnly();
    try (Interruption interruption = new Interruption(this::interrupt)) {
      return interruption.exitCode(serveAndDrive());
    } catch (IOException | ModelFormatException | TargetServer.UnreachableException e) {
      spec.commandLine().getErr().println("demo: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int serveAndDrive()
      throws IOException, TargetServer.UnreachableException, InterruptedException {
    PrintWriter out = reports.talk();
    Path file = model != null ? model : BundledModel.file("--model");
    try (DemoServer server = DemoServer.start(file, grpcPort, httpPort)) {
      out.printf(
          "Serving %s: gRPC on %s, %s/health, %s/metrics%n",
          file.getFileName(), server.grpcAddress(), server.httpUrl(), server.httpUrl());
      out.flush();
      SampleTexts samples = new SampleTexts();
      LoadReport report = drive(server, samples);
      show(out, report, samples);
      reports.write(report);
      if (keep && interrupted.getCount() > 0) {
        out.printf("Still serving on gRPC %s; Ctrl-C ends it.%n", server.grpcAddress());
        out.flush();
        interrupted.await();
      }
      if (report.total().errorsTotal() > 0) {
        spec.commandLine()
            .getErr()
            .println("demo: " + report.total().errorsTotal() + " requests failed.");
        return ExitCode.SOFTWARE;
      }
      return ExitCode.OK;
    }
  }

  private LoadReport drive(DemoServer server, SampleTexts samples)
      throws TargetServer.UnreachableException {
    Workload workload = Workloads.find(WORKLOAD);
    try (TargetServer target = new TargetServer(server.grpcAddress())) {
      int context = target.contextTokens();
      Shaping brief = new Shaping(0.01, 1, WARM_UP_REQUESTS, Long.MAX_VALUE, context, Set.of());
      // Another seed, so that its prompts are not the ones whose cache hits are reported.
      run(target, new LiveRun.Settings(workload, ~seed, brief, MAX_OUTSTANDING, DRAIN), samples)
          .runQuietly();
      Shaping whole = new Shaping(1, 1, Long.MAX_VALUE, duration.toNanos(), context, Set.of());
      return run(
              target, new LiveRun.Settings(workload, seed, whole, MAX_OUTSTANDING, DRAIN), samples)
          .run(new LiveRun.Audience(spec.commandLine().getErr(), Terminal.errorIsTerminal()));
    }
  }

  private LiveRun run(TargetServer target, LiveRun.Settings settings, SampleTexts samples) {
    LiveRun run = new LiveRun(target, settings, samples);
    running = run;
    if (interrupted.getCount() == 0) {
      run.stop();
    }
    return run;
  }

  private static void show(PrintWriter out, LoadReport report, SampleTexts samples) {
    for (String tenant : List.of("interactive", "batch")) {
      String text = samples.of(tenant);
      if (!text.isEmpty()) {
        out.printf("%n%s:%n%s", tenant, Wrapped.text(text, LINE_CHARS));
      }
    }
    out.printf(
        "%nPrefix cache: %.0f %% of the prompt tokens. Preemptions: %d.%n%n",
        100 * report.total().cachedShare(), report.total().preemptions());
  }

  private void interrupt() {
    interrupted.countDown();
    LiveRun run = running;
    if (run != null) {
      run.stop();
    }
  }
}
