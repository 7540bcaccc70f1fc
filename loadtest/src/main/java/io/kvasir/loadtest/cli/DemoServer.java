package io.kvasir.loadtest.cli;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.loadtest.sim.calibrate.MeasuredRunner;
import io.kvasir.loadtest.sim.device.FittedStepTime;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.WorkerSource;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A whole server with the bundled model, or another, and a small pool of KV blocks. */
final class DemoServer implements AutoCloseable {
  private static final int BLOCKS = 1024;
  private static final int STEP_TOKENS = 128;
  private static final int RUNNING_REQUESTS = 32;
  private static final int QUEUED_REQUESTS = 256;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final ModelFile file;
  private final MeasuredRunner runner;
  private final KvasirServer server;

  private DemoServer(ModelFile file, MeasuredRunner runner, KvasirServer server) {
    this.file = file;
    this.runner = runner;
    this.server = server;
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @param model a GGUF file
   * @param grpcPort 0 takes a free one
   * @param httpPort 0 takes a free one
   * @throws IOException if a port is taken or the worker does not start
   * @throws io.kvasir.worker.model.gguf.ModelFormatException if the file is no model that runs here
   */
  static DemoServer start(Path model, int grpcPort, int httpPort) throws IOException {
    ModelFile file = ModelFile.open(model);
    try {
      KvasirServer.Config defaults = KvasirServer.Config.DEFAULT;
      KvasirServer.Config config =
          new KvasirServer.Config(
              defaults.host(),
              grpcPort,
              httpPort,
              scheduler(),
              defaults.tenants(),
              defaults.streams(),
              defaults.httpRequestTimeout(),
              DRAIN,
              null);
      MeasuredRunner runner = new MeasuredRunner(runner(file));
      WorkerSource worker = new WorkerSource.Embedded(runner, RUNNING_REQUESTS);
      return new DemoServer(
          file, runner, KvasirServer.start(config, ServedModel.of(file, runner), worker));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** How it schedules. */
  static SchedulerConfig scheduler() {
    return SchedulerConfig.builder()
        .limits(QUEUED_REQUESTS, RUNNING_REQUESTS, STEP_TOKENS)
        .policy(PolicyKind.FAIR_SLACK)
        .build();
  }

  /** Forgets the steps measured until now. */
  void forgetSteps() {
    runner.forget();
  }

  /** The step time of this server under the load that it has had. */
  FittedStepTime fitSteps() {
    return runner.fit(file, Runtime.getRuntime().availableProcessors());
  }

  /** Blocks in the arena. */
  int kvBlocks() {
    return runner.blockCount();
  }

  /** HOST:PORT of the client API. */
  String grpcAddress() {
    return KvasirServer.Config.DEFAULT.host() + ":" + server.grpcPort();
  }

  /** Where /health and /metrics are. */
  String httpUrl() {
    return "http://" + KvasirServer.Config.DEFAULT.host() + ":" + server.httpPort();
  }

  @Override
  public void close() {
    server.close();
    file.close();
  }

  private static CpuModelRunner runner(ModelFile file) {
    return new CpuModelRunner(
        file,
        new CpuRunnerConfig(
            BLOCKS,
            BlockGeometry.DEFAULT_BLOCK_TOKENS,
            STEP_TOKENS,
            Runtime.getRuntime().availableProcessors(),
            false));
  }
}
