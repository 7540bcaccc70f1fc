package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.live.LiveRun;
import io.kvasir.loadtest.live.TargetServer;
import io.kvasir.loadtest.report.LoadReport;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.worker.cli.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Drives a workload at a running server. */
@Command(
    name = "loadtest",
    description = {
      "Drive a workload at a running server and report latencies, throughput and refusals.",
      "The load is open-loop: requests are sent at their intended times whatever became of those"
          + " before, and latency counts from the intended time."
    },
    footer = {
      "",
      "Exit codes: 0 the run is complete (refusals are results), 1 the server cannot be reached,"
          + " requests failed or there were none, 2 called wrongly.",
      "",
      "Examples:",
      "  kvasir loadtest --target localhost:9090 --warmup 10s --duration 40s \\",
      "    --html report.html",
      "  kvasir loadtest --target localhost:9090 --limit 500 \\",
      "    --workload trace:azure2023_conv.csv.gz --length-scale 0.05 --time-scale 0.5"
    },
    mixinStandardHelpOptions = true)
final class LoadtestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "HOST:PORT",
      converter = HostPort.Converter.class,
      description = "The server's gRPC address.")
  private HostPort target = new HostPort("localhost", 1);

  @Option(
      names = "--workload",
      paramLabel = "WORKLOAD",
      description =
          "mixed, chat, burst, demo, flood, sharegpt (bundled), a YAML file, or trace:FILE for a"
              + " recorded trace, compressed or not (default: ${DEFAULT-VALUE}).")
  private String workload = "mixed";

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Send for this long, such as 20s or 2m (default: the workload's own; a trace to its"
              + " end).")
  private @Nullable Duration duration;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Send the requests of this long without measuring them, as part of the duration; all"
              + " figures count from its end (default: 0s).")
  private Duration warmup = Duration.ZERO;

  @Option(names = "--limit", paramLabel = "N", description = "Send at most N requests, at least 1.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Requests per second of all tenants together; for agent sessions, sessions per second.")
  private @Nullable Double rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides all randomness of the load (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--tenants",
      split = ",",
      paramLabel = "NAME",
      description = "Send only the requests of these tenants.")
  private List<String> tenants = new ArrayList<>();

  @Option(
      names = "--time-scale",
      paramLabel = "F",
      description = "Multiply all times by F: 0.1 replays ten times as fast (default: 1).")
  private double timeScale = 1;

  @Option(
      names = "--length-scale",
      paramLabel = "F",
      description =
          "Multiply all lengths by F; what still exceeds the context is cut and counted (default:"
              + " 1).")
  private double lengthScale = 1;

  @Option(
      names = "--allow-lossy-kv",
      description = "All requests allow KV that went through a lossy codec of the server.")
  private boolean allowLossyKv;

  @Option(
      names = "--max-outstanding",
      paramLabel = "N",
      description =
          "Requests in flight beyond which the driver drops arrivals, and counts them, 1 to 1000000"
              + " (default: ${DEFAULT-VALUE}).")
  private int maxOutstanding = 1024;

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Wait this long for the last answers (default: 60s).")
  private Duration drain = Duration.ofSeconds(60);

  @Override
  public Integer call() {
    check();
    PrintWriter err = spec.commandLine().getErr();
    Workload load = workload();
    long durationNanos = durationNanos(load);
    checkWarmup(durationNanos);
    try (TargetServer server = new TargetServer(target.toString())) {
      Shaping shaping =
          new Shaping(
              timeScale,
              lengthScale,
              limit,
              durationNanos,
              server.contextTokens(),
              Set.copyOf(tenants));
      LiveRun run = new LiveRun(server, settings(load, shaping), completion -> {});
      try (Interruption interruption = new Interruption(run::stop)) {
        LoadReport report = run.run(new LiveRun.Audience(err, Terminal.errorIsTerminal()));
        reports.write(report);
        return interruption.exitCode(exitCode(report));
      }
    } catch (TargetServer.UnreachableException | WorkloadException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private void check() {
    within(spec, "--max-outstanding", maxOutstanding, 1, 1_000_000);
    within(spec, "--limit", limit, 1, Long.MAX_VALUE);
    requireFactor("--time-scale", timeScale);
    requireFactor("--length-scale", lengthScale);
    reports.check();
  }

  private void checkWarmup(long durationNanos) {
    require(
        spec,
        warmup.isZero() || warmup.toNanos() < durationNanos,
        String.format(
            Locale.ROOT,
            "--warmup: is %s s, must be shorter than the duration, %s s",
            seconds(warmup.toNanos()),
            seconds(durationNanos)));
  }

  private static String seconds(long nanos) {
    return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
  }

  private void requireFactor(String option, double factor) {
    require(
        spec,
        factor > 0 && factor <= 1e9,
        option + ": is " + factor + ", must be above 0 to 1000000000");
  }

  private int exitCode(LoadReport report) {
    if (report.total().sent() + report.total().dropped() == 0 && report.run().notes().isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              workload
                  + ": has no request within limit, duration and tenants"
                  + (warmup.isZero() ? "" : " after the warm-up"));
      return ExitCode.SOFTWARE;
    }
    return report.total().errorsTotal() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Workload workload() {
    try {
      Workload found = Workloads.find(workload);
      for (String tenant : tenants) {
        if (!found.tenants().isEmpty() && !found.tenants().contains(tenant)) {
          throw new WorkloadException(
              "workload '%s' has no tenant '%s', but %s"
                  .formatted(found.name(), tenant, String.join(", ", found.tenants())));
        }
      }
      return rate == null ? found : found.atRate(rate);
    } catch (WorkloadException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Until when requests are sent; the largest long if only the workload's end tells. */
  private long durationNanos(Workload load) {
    return duration != null
        ? duration.toNanos()
        : load.duration().map(Duration::toNanos).orElse(Long.MAX_VALUE);
  }

  private LiveRun.Settings settings(Workload load, Shaping shaping) {
    return new LiveRun.Settings(load, seed, shaping, maxOutstanding, drain, allowLossyKv, warmup);
  }
}
