package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.v1.CheckIntegrityRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.GetStatusRequest;
import io.kvasir.v1.GetStatusResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.OperatorGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A client of a server on this machine, over a real socket. */
class Client implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** As many looks as take longer than a server may wait before it publishes its state. */
  private static final int EQUAL_LOOKS = 100;

  private final ManagedChannel channel;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  Client(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /** Calls Generate and reads the stream on this thread. */
  Generation generate(GenerateRequest request) {
    return Generation.read(stub().generate(request));
  }

  /** Calls Generate for all requests at once. */
  List<Generation> generateAll(List<GenerateRequest> requests) {
    return await(startAll(requests));
  }

  /** Starts to call Generate for all requests at once. */
  List<Future<Generation>> startAll(List<GenerateRequest> requests) {
    List<Future<Generation>> futures = new ArrayList<>();
    requests.forEach(request -> futures.add(callers.submit(() -> generate(request))));
    return futures;
  }

  /** Waits for what was started. */
  static List<Generation> await(List<Future<Generation>> futures) {
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

  /** Token ids of the served model. */
  int vocabularySize() {
    return stub().getModel(GetModelRequest.getDefaultInstance()).getVocabularySize();
  }

  /** What the server's integrity checks object to. */
  List<String> violations() {
    return OperatorGrpc.newBlockingStub(channel)
        .checkIntegrity(CheckIntegrityRequest.getDefaultInstance())
        .getViolationsList();
  }

  /** Waits until no request runs and no copy has been under way for a while. */
  void awaitQuiet() {
    assertThat(violations()).isEmpty();
    long end = System.nanoTime() + PATIENCE_NANOS;
    long steps = -1;
    for (int looks = 0; looks < EQUAL_LOOKS; looks++) {
      GetStatusResponse now = status();
      boolean quiet =
          now.getBlocks().getInFlight() == 0
              && now.getBlocks().getOwned() == 0
              && now.getTiersList().stream().allMatch(tier -> tier.getInFlight() == 0);
      if (!quiet || now.getSteps() != steps) {
        looks = 0;
        steps = now.getSteps();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("not quiet: " + now);
      }
    }
    assertThat(violations()).isEmpty();
  }

  /** Waits until a copy of a block is under way. */
  void awaitCopies() {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (status().getBlocks().getInFlight() == 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no copies: " + status());
      }
    }
  }

  /** Waits until so many blocks are cached. */
  void awaitCached(int blocks) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (status().getBlocks().getCached() < blocks) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not cached: " + status());
      }
    }
  }

  @Override
  public void close() {
    callers.close();
    channel.shutdownNow();
  }
}
