package io.kvasir.scheduler.link;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.v1.SampledToken;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.StepResult;
import io.kvasir.v1.WorkerControlGrpc;
import io.kvasir.v1.WorkerHello;
import io.kvasir.v1.WorkerMessage;
import io.kvasir.worker.link.HelloCodec;
import io.kvasir.worker.step.WorkerInfo;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** A peer that says exactly what it is told to say, sense or nonsense. */
final class RawWorker
    implements ClientResponseObserver<WorkerMessage, SchedulerMessage>, AutoCloseable {
  final BlockingQueue<SchedulerMessage> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<WorkerMessage>> call =
      new CompletableFuture<>();
  private final ManagedChannel channel;

  RawWorker(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    WorkerControlGrpc.newStub(channel).connect(this);
  }

  static WorkerHello.Builder hello(String workerId) {
    WorkerInfo info =
        new WorkerInfo(
            workerId,
            "hash-oracle",
            "0a".repeat(32),
            new BlockGeometry(1, 1, 1, 8, 4),
            64,
            32,
            GatedRunner.MAX_REQUESTS,
            64,
            GatedRunner.VOCABULARY,
            List.of());
    return HelloCodec.encode(info).toBuilder();
  }

  RawWorker say(WorkerHello.Builder hello) {
    return say(WorkerMessage.newBuilder().setHello(hello).build());
  }

  RawWorker say(StepResult.Builder result) {
    return say(WorkerMessage.newBuilder().setStepResult(result).build());
  }

  RawWorker say(WorkerMessage message) {
    call.join().onNext(message);
    return this;
  }

  /** A result with the tokens of these slots. */
  static StepResult.Builder result(long stepId, int... slots) {
    StepResult.Builder result = StepResult.newBuilder().setStepId(stepId);
    for (int slot : slots) {
      result.addTokens(SampledToken.newBuilder().setSlot(slot).setTokenId(5));
    }
    return result;
  }

  void complete() {
    call.join().onCompleted();
  }

  void cancel() {
    call.join().cancel("enough", null);
  }

  /** Waits for the end and returns its code and description. */
  String end() {
    Status status = end.join();
    return status.getCode() + ": " + status.getDescription();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WorkerMessage> requests) {
    call.complete(requests);
  }

  @Override
  public void onNext(SchedulerMessage message) {
    heard.add(message);
  }

  @Override
  public void onError(Throwable cause) {
    end.complete(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
