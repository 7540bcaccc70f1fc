package io.kvasir.loadtest.e2e;

import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.WorkerSource;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.ModelRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A whole server with real sockets, and a client of it. */
final class Stack extends Client {
  private final ModelFile file;
  private final KvasirServer server;

  private Stack(ModelFile file, KvasirServer server) {
    super(server.grpcPort());
    this.file = file;
    this.server = server;
  }

  /** A server whose worker is in its own process. */
  static Stack embedded(Path model, int blockCount, int maxStepTokens) throws IOException {
    return embedded(StackSetup.model(model, blockCount, maxStepTokens));
  }

  /** A server whose worker is in its own process. */
  static Stack embedded(StackSetup setup) throws IOException {
    return embedded(setup, CacheSecret.NONE, SchedulerConfig.DEFAULT.probeWaitMillis());
  }

  /** The same with a secret, and with patience for what others stored on a shared server. */
  static Stack embedded(StackSetup setup, CacheSecret secret, long probeWaitMillis)
      throws IOException {
    ModelFile file = ModelFile.open(setup.model());
    ModelRunner runner = setup.runner(file);
    return start(
        file,
        ServedModel.of(file, runner),
        scheduler(setup.maxStepTokens())
            .preemption(setup.preemption())
            .probeWaitMillis(probeWaitMillis)
            .build(),
        new WorkerSource.Embedded(runner, 64, setup.open(runner)),
        secret);
  }

  /** A server that waits for a worker from elsewhere. */
  static Stack remote(Path model, int maxStepTokens, Duration workerGrace) throws IOException {
    ModelFile file = ModelFile.open(model);
    ServedModel served =
        ServedModel.of(
            file, file.fingerprint(), file.config().contextLength(), StackSetup.geometry(file));
    SchedulerConfig scheduler =
        scheduler(maxStepTokens)
            .modelFingerprint(file.fingerprint())
            .workerGraceMillis(workerGrace.toMillis())
            .build();
    return start(file, served, scheduler, new WorkerSource.Remote(0), CacheSecret.NONE);
  }

  private static SchedulerConfig.Builder scheduler(int maxStepTokens) {
    return SchedulerConfig.builder().limits(1024, 64, maxStepTokens);
  }

  private static Stack start(
      ModelFile file,
      ServedModel served,
      SchedulerConfig scheduler,
      WorkerSource worker,
      CacheSecret secret)
      throws IOException {
    KvasirServer.Config defaults = KvasirServer.Config.DEFAULT;
    KvasirServer.Config config =
        new KvasirServer.Config(
            defaults.host(),
            defaults.grpcPort(),
            defaults.httpPort(),
            scheduler,
            defaults.tenants(),
            defaults.streams(),
            defaults.httpRequestTimeout(),
            defaults.drainTimeout(),
            secret);
    return new Stack(file, KvasirServer.start(config, served, worker));
  }

  /** The port for workers. */
  int workerPort() {
    return server.workerPort().orElseThrow();
  }

  /** The scheduler's own view once nothing is under way. */
  SchedulerStatus quiet() {
    awaitQuiet();
    return server.status();
  }

  @Override
  public void close() {
    super.close();
    server.close();
    file.close();
  }
}
