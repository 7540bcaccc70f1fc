package io.kvasir.loadtest.e2e;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.WorkerSource;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.v1.CheckIntegrityRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GetStatusRequest;
import io.kvasir.v1.GetStatusResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A whole server with real sockets, and a client of it. */
final class Stack implements AutoCloseable {
  private static final int BLOCK_TOKENS = 16;
  private static final int THREADS = 2;

  private final ModelFile file;
  private final KvasirServer server;
  private final ManagedChannel channel;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  private Stack(ModelFile file, KvasirServer server) {
    this.file = file;
    this.server = server;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
  }

  /** A server whose worker is in its own process. */
  static Stack embedded(Path model, int blockCount, int maxStepTokens) throws IOException {
    ModelFile file = ModelFile.open(model);
    ModelRunner runner =
        new CpuModelRunner(
            file, new CpuRunnerConfig(blockCount, BLOCK_TOKENS, maxStepTokens, THREADS, false));
    return start(
        file,
        ServedModel.of(file, runner),
        scheduler(maxStepTokens),
        new WorkerSource.Embedded(runner, 64));
  }

  /** A server that waits for a worker from elsewhere. */
  static Stack remote(Path model, int maxStepTokens, Duration workerGrace) throws IOException {
    ModelFile file = ModelFile.open(model);
    ModelConfig config = file.config();
    BlockGeometry geometry =
        new BlockGeometry(
            config.layers(), config.kvHeads(), config.headDim(), Float.BYTES, BLOCK_TOKENS);
    ServedModel served = ServedModel.of(file, file.fingerprint(), config.contextLength(), geometry);
    SchedulerConfig scheduler =
        scheduler(maxStepTokens)
            .withModelFingerprint(file.fingerprint())
            .withWorkerGraceMillis(workerGrace.toMillis());
    return start(file, served, scheduler, new WorkerSource.Remote(0));
  }

  private static SchedulerConfig scheduler(int maxStepTokens) {
    return SchedulerConfig.DEFAULT.withLimits(1024, 64, maxStepTokens);
  }

  private static Stack start(
      ModelFile file, ServedModel served, SchedulerConfig scheduler, WorkerSource worker)
      throws IOException {
    return new Stack(
        file,
        KvasirServer.start(KvasirServer.Config.DEFAULT.withScheduler(scheduler), served, worker));
  }

  /** The port for workers. */
  int workerPort() {
    return server.workerPort().orElseThrow();
  }

  /** Calls Generate and reads the stream on this thread. */
  Generation generate(GenerateRequest request) {
    return Generation.read(stub().generate(request));
  }

  /** Calls Generate for all requests at once. */
  List<Generation> generateAll(List<GenerateRequest> requests) {
    List<Future<Generation>> futures = new ArrayList<>();
    requests.forEach(request -> futures.add(callers.submit(() -> generate(request))));
    List<Generation> generations = new ArrayList<>();
    for (Future<Generation> future : futures) {
      try {
        generations.add(future.get());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } catch (ExecutionException e) {
        throw new AssertionError("a generation failed", e.getCause());
      }
    }
    return generations;
  }

  /** A stub with a generous bound on every call. */
  InferenceGrpc.InferenceBlockingStub stub() {
    return InferenceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** The channel to the server. */
  ManagedChannel channel() {
    return channel;
  }

  /** The server's own view. */
  GetStatusResponse status() {
    return OperatorGrpc.newBlockingStub(channel).getStatus(GetStatusRequest.getDefaultInstance());
  }

  /** What the server's integrity checks object to. */
  List<String> violations() {
    return OperatorGrpc.newBlockingStub(channel)
        .checkIntegrity(CheckIntegrityRequest.getDefaultInstance())
        .getViolationsList();
  }

  @Override
  public void close() {
    callers.close();
    channel.shutdownNow();
    server.close();
    file.close();
  }
}
