package io.kvasir.scheduler.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.TokenStream;
import io.kvasir.scheduler.gateway.WorkerSource;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.worker.cli.RunnerOptions;
import io.kvasir.worker.cli.TierOptions;
import io.kvasir.worker.memory.WorkerTiers;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.ModelRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves a model until it is terminated. */
@Command(
    name = "serve",
    description = "Serve a model over gRPC, until it is terminated.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    preprocessor = ConfigFilePreprocessor.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:terminated, everything closed",
      "1:the server failed",
      "2:called wrongly",
    })
public final class ServeCommand implements Callable<Integer> {

  /** Where the worker runs. */
  enum WorkerPlace {
    /** In this process. */
    embedded,
    /** In a process of its own that connects to {@code --worker-port}. */
    remote
  }

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  private static final long HOUR_MILLIS = 3_600_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Take options from this YAML file, by the same names without dashes in front;"
              + " the command line wins.")
  private @Nullable Path config;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Where to listen; 0.0.0.0 for every interface. There is no authentication yet"
              + " (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Port of the gRPC API; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int grpcPort = 9090;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of /health and /metrics; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int httpPort = 8080;

  @Option(
      names = "--worker",
      paramLabel = "embedded|remote",
      description =
          "Where the worker runs: in this process, or in one that connects to --worker-port"
              + " (default: ${DEFAULT-VALUE}).")
  private WorkerPlace worker = WorkerPlace.embedded;

  @Option(
      names = "--worker-port",
      paramLabel = "PORT",
      description = "Port for a remote worker; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int workerPort = 9091;

  @Mixin private RunnerOptions runner;

  @Mixin private PolicyOptions policy;

  @Option(
      names = "--max-queued-requests",
      paramLabel = "N",
      description =
          "Most requests that wait for their first step, 1 to 1000000; more are refused"
              + " (default: ${DEFAULT-VALUE}).")
  private int maxQueuedRequests = SchedulerConfig.DEFAULT.maxQueuedRequests();

  @Mixin private TenantOptions tenants;

  @Mixin private CacheOptions cache;

  @Mixin private SessionOptions sessions;

  @Mixin private TierOptions tiers;

  @Option(
      names = "--worker-grace-ms",
      paramLabel = "MS",
      description =
          "How long requests wait for a lost worker to return, 0 to 3600000"
              + " (default: ${DEFAULT-VALUE}).")
  private long workerGraceMillis = SchedulerConfig.DEFAULT.workerGraceMillis();

  @Option(
      names = "--stream-buffer-tokens",
      paramLabel = "N",
      description =
          "Most tokens that wait for a slow client before its request is ended, 1 to 1048576"
              + " (default: ${DEFAULT-VALUE}).")
  private int streamBufferTokens = KvasirServer.Config.DEFAULT.streams().bufferTokens();

  @Option(
      names = "--undrained-timeout-ms",
      paramLabel = "MS",
      description =
          "How long a client may take to read what is left after its request ended, 1 to"
              + " 3600000"
              + " (default: ${DEFAULT-VALUE}).")
  private long undrainedTimeoutMillis =
      KvasirServer.Config.DEFAULT.streams().undrainedTimeout().toMillis();

  @Option(
      names = "--drain-timeout-ms",
      paramLabel = "MS",
      description =
          "How long requests may go on after the server was told to stop, and cached KV may be"
              + " copied to a tier that outlives it, 0 to 3600000 (default: ${DEFAULT-VALUE}).")
  private long drainTimeoutMillis = KvasirServer.Config.DEFAULT.drainTimeout().toMillis();

  @Option(names = "--json", description = "Print the ready line as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    try (ModelFile file = runner.openModel();
        KvasirServer server = start(file)) {
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().unstarted(() -> closeAndExit(server)));
      if (config != null) {
        LOG.info("Options from {}", config);
      }
      printReady(server, file.name());
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (IOException e) {
      spec.commandLine().getErr().println("kvasir: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  /* Terminated on request is not an error, but the JVM would report the signal. */
  private static void closeAndExit(KvasirServer server) {
    server.close();
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  private KvasirServer start(ModelFile file) throws IOException {
    return switch (worker) {
      case remote -> {
        ServedModel model =
            ServedModel.of(
                file, file.fingerprint(), file.config().contextLength(), runner.geometry(file));
        String fingerprint = runner.runsModel() ? file.fingerprint() : "";
        yield KvasirServer.start(settings(fingerprint), model, new WorkerSource.Remote(workerPort));
      }
      case embedded -> {
        KvasirServer.Config settings = settings("");
        ModelRunner computes = runner.openRunner(file);
        WorkerTiers below = openTiers(computes);
        yield KvasirServer.start(
            settings,
            ServedModel.of(file, computes),
            new WorkerSource.Embedded(computes, runner.maxRequests(), below));
      }
    };
  }

  private @Nullable WorkerTiers openTiers(ModelRunner computes) {
    try {
      return tiers.open(computes);
    } catch (RuntimeException e) {
      computes.close();
      throw e;
    }
  }

  private KvasirServer.Config settings(String fingerprint) {
    within(spec, "--max-queued-requests", maxQueuedRequests, 1, 1_000_000);
    within(spec, "--worker-grace-ms", workerGraceMillis, 0, HOUR_MILLIS);
    within(spec, "--stream-buffer-tokens", streamBufferTokens, 1, 1 << 20);
    within(spec, "--undrained-timeout-ms", undrainedTimeoutMillis, 1, HOUR_MILLIS);
    within(spec, "--drain-timeout-ms", drainTimeoutMillis, 0, HOUR_MILLIS);
    SchedulerConfig.Builder scheduler =
        SchedulerConfig.builder()
            .limits(maxQueuedRequests, runner.maxRequests(), runner.maxStepTokens())
            .workerGraceMillis(workerGraceMillis)
            .modelFingerprint(fingerprint)
            .sessions(sessions.config());
    cache.addTo(scheduler);
    policy.addTo(scheduler);
    return new KvasirServer.Config(
        host,
        grpcPort,
        httpPort,
        scheduler.build(),
        tenants.settings(),
        new TokenStream.Limits(streamBufferTokens, Duration.ofMillis(undrainedTimeoutMillis)),
        KvasirServer.Config.DEFAULT.httpRequestTimeout(),
        Duration.ofMillis(drainTimeoutMillis),
        cache.secret(tiers.persistentDirectory()));
  }

  private void printReady(KvasirServer server, String modelName) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode ready =
          JsonNodeFactory.instance
              .objectNode()
              .put("model", modelName)
              .put("host", host)
              .put("grpc_port", server.grpcPort())
              .put("http_port", server.httpPort());
      server.workerPort().ifPresent(port -> ready.put("worker_port", port));
      out.println(ready);
    } else {
      out.printf(
          "Serving %s: gRPC at %s:%d, http://%s:%d/health and /metrics%s%n",
          modelName,
          host,
          server.grpcPort(),
          host,
          server.httpPort(),
          server.workerPort().isPresent()
              ? ", a worker may connect to %s:%d".formatted(host, server.workerPort().getAsInt())
              : "");
    }
    out.flush();
  }
}
