package io.kvasir.scheduler.gateway;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.v1.CheckIntegrityRequest;
import io.kvasir.v1.CheckIntegrityResponse;
import io.kvasir.v1.GetStatusRequest;
import io.kvasir.v1.GetStatusResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A server on real sockets whose model is the hash oracle, and a channel to it. */
public final class TestServer implements AutoCloseable {
  /** Long enough for a request that ends only when it is made to. */
  public static final int CONTEXT = 65_536;

  private static final int BLOCKS = 2 * CONTEXT / 16;
  private static final int MAX_POLLS = 100_000;

  private final KvasirServer server;
  private final ManagedChannel channel;

  private TestServer(KvasirServer.Config config, ModelRunner runner) throws IOException {
    server =
        KvasirServer.start(
            config, TestModels.bytes(CONTEXT), new WorkerSource.Embedded(runner, 64));
    channel = newChannel().build();
  }

  /** A server with what holds unless configured. */
  public static TestServer start() throws IOException {
    return start(KvasirServer.Config.DEFAULT);
  }

  public static TestServer start(KvasirServer.Config config) throws IOException {
    return start(config, oracle());
  }

  static TestServer start(KvasirServer.Config config, ModelRunner runner) throws IOException {
    return new TestServer(config, runner);
  }

  /** A server with a short queue and few running requests. */
  public static TestServer startNarrow(int maxQueued, int maxRunning) throws IOException {
    return start(
        KvasirServer.Config.DEFAULT.withScheduler(
            SchedulerConfig.builder().limits(maxQueued, maxRunning, 512).build()));
  }

  /** The hash oracle for the model of these servers. */
  static ModelRunner oracle() {
    ServedModel model = TestModels.bytes(CONTEXT);
    return new HashModelRunner(
        new HashRunnerConfig(
            model.vocabularySize(), model.contextLength(), model.blockTokens(), BLOCKS, 512));
  }

  public KvasirServer server() {
    return server;
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** Another connection to the server. */
  public NettyChannelBuilder newChannel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext();
  }

  public InferenceGrpc.InferenceBlockingStub blocking() {
    return InferenceGrpc.newBlockingStub(channel);
  }

  public InferenceGrpc.InferenceStub async() {
    return InferenceGrpc.newStub(channel);
  }

  public GetStatusResponse status() {
    return OperatorGrpc.newBlockingStub(channel).getStatus(GetStatusRequest.getDefaultInstance());
  }

  public CheckIntegrityResponse checkIntegrity() {
    return OperatorGrpc.newBlockingStub(channel)
        .checkIntegrity(CheckIntegrityRequest.getDefaultInstance());
  }

  /** Asks for the status until it is as wanted; fails after very many times. */
  public GetStatusResponse awaitStatus(Predicate<GetStatusResponse> wanted) {
    GetStatusResponse last = status();
    for (int i = 0; i < MAX_POLLS && !wanted.test(last); i++) {
      last = status();
    }
    if (!wanted.test(last)) {
      throw new AssertionError("the status stays " + last);
    }
    return last;
  }

  /** Waits until no request holds anything, and checks that nothing leaked. */
  public void awaitIdle() {
    awaitStatus(status ->
        status.getRunningRequests() == 0
            && status.getWaitingRequests() == 0
            && status.getBlocks().getOwned() == 0);
    CheckIntegrityResponse integrity = checkIntegrity();
    if (!integrity.getOk()) {
      throw new AssertionError(integrity.getViolationsList());
    }
  }

  /** The page that Prometheus reads. */
  public String metrics() throws IOException {
    URI page = URI.create("http://127.0.0.1:" + server.httpPort() + "/metrics");
    try (InputStream in = page.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Reads the metrics until a line is there; fails after very many times. */
  public void awaitMetric(String line) throws IOException {
    for (int i = 0; i < MAX_POLLS; i++) {
      if (metrics().lines().anyMatch(line::equals)) {
        return;
      }
    }
    throw new AssertionError("no line " + line + " in\n" + metrics());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
