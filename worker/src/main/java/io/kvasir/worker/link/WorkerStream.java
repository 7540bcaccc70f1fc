package io.kvasir.worker.link;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.proto.WireLimits;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.WorkerControlGrpc.WorkerControlStub;
import io.kvasir.v1.WorkerMessage;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One stream to the scheduler, from hello to its end. Plans arrive on the transport's thread and go
 * to a {@link WorkerLoop}; results leave from its thread.
 */
final class WorkerStream implements StreamObserver<SchedulerMessage>, WorkerLoop.Listener {
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(2);

  private final WorkerLoop loop;
  private final CompletableFuture<Void> welcomed = new CompletableFuture<>();

  /* Decided: why no more is done. Over: the transport has let go of the stream. */
  private final CompletableFuture<Status> decided = new CompletableFuture<>();
  private final CompletableFuture<Status> over = new CompletableFuture<>();
  private volatile String loopFailure = "";

  /* Only the transport's thread. */
  private long lastStepId;

  /* Guarded by this. */
  private final StreamObserver<WorkerMessage> requests;

  /** Opens the stream and says hello. */
  WorkerStream(WorkerControlStub stub, StepEngine engine, String workerId) {
    this.loop = new WorkerLoop(workerId, engine, this);
    this.requests = stub.connect(this);
    send(WorkerMessage.newBuilder().setHello(HelloCodec.encode(engine.info(workerId))).build());
    if (engine.copier() != null) {
      InventoryCodec.encode(engine.copier()::inventory, this::send);
    }
  }

  /** Done when the scheduler said welcome. */
  CompletableFuture<Void> welcomed() {
    return welcomed;
  }

  /** Done when the stream is of no more use; the engine may still be in its last step. */
  CompletableFuture<Status> decided() {
    return decided;
  }

  /** Empty, or why the worker itself cannot go on. */
  String loopFailure() {
    return loopFailure;
  }

  /** Decides that the stream is of no more use. Any thread. */
  void end(Status status) {
    decided.complete(status);
  }

  /** After the stream was decided: waits for the step in progress, then takes leave. */
  void close() {
    loop.stop("the stream to the scheduler ended");
    loop.join();
    if (over.isDone()) {
      return;
    }
    synchronized (this) {
      requests.onCompleted();
    }
    over.completeOnTimeout(
            Status.DEADLINE_EXCEEDED, GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  @Override
  public void onNext(SchedulerMessage message) {
    if (decided.isDone()) {
      return;
    }
    try {
      switch (message.getMessageCase()) {
        case WELCOME -> welcome(message.getWelcome().getProtocolVersion());
        case STEP_PLAN -> submit(StepPlanCodec.decode(message.getStepPlan()));
        case MESSAGE_NOT_SET -> throw new IllegalArgumentException("message: not set or unknown");
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      end(Status.INTERNAL.withDescription("the scheduler breaks the protocol: " + e.getMessage()));
    }
  }

  @Override
  public void onError(Throwable cause) {
    ended(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    ended(Status.UNAVAILABLE.withDescription("the scheduler closed the stream"));
  }

  @Override
  public void onResult(StepResult result) {
    send(WorkerMessage.newBuilder().setStepResult(StepResultCodec.encode(result)).build());
  }

  @Override
  public void onCopied(CopyResult result) {
    send(WorkerMessage.newBuilder().setCopyResult(CopyResultCodec.encode(result)).build());
  }

  @Override
  public void onStopped(String reason) {
    if (!decided.isDone()) {
      loopFailure = reason;
      end(Status.INTERNAL.withDescription(reason));
    }
  }

  private void welcome(int version) {
    if (version != WireLimits.WORKER_PROTOCOL_VERSION) {
      throw new IllegalArgumentException(
          "welcome.protocol_version: is "
              + version
              + ", must be "
              + WireLimits.WORKER_PROTOCOL_VERSION);
    }
    if (welcomed.isDone()) {
      throw new IllegalArgumentException("welcome: said twice");
    }
    loop.start();
    welcomed.complete(null);
  }

  private void submit(StepPlan plan) {
    if (!welcomed.isDone()) {
      throw new IllegalArgumentException("step_plan: came before welcome");
    }
    if (lastStepId != 0 && plan.stepId() != lastStepId + 1) {
      throw new IllegalArgumentException(
          "step_plan.step_id: is " + plan.stepId() + " after " + lastStepId);
    }
    lastStepId = plan.stepId();
    loop.submit(plan);
  }

  private void ended(Status status) {
    end(status);
    over.complete(status);
  }

  /* The call is only ever closed by close, after the loop's end, so sending is legal until then. */
  private synchronized void send(WorkerMessage message) {
    requests.onNext(message);
  }
}
