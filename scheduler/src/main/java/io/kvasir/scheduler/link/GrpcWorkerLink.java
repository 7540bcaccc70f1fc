package io.kvasir.scheduler.link;

import static io.kvasir.proto.WireLimits.MAX_WORKER_MESSAGE_BYTES;
import static io.kvasir.proto.WireLimits.MAX_WORKER_REPLY_BYTES;
import static io.kvasir.proto.WireLimits.WORKER_PROTOCOL_VERSION;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.StreamObserver;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.SchedulerWelcome;
import io.kvasir.v1.WorkerHello;
import io.kvasir.v1.WorkerMessage;
import io.kvasir.worker.link.CopyResultCodec;
import io.kvasir.worker.link.HelloCodec;
import io.kvasir.worker.link.InventoryCodec;
import io.kvasir.worker.link.StepPlanCodec;
import io.kvasir.worker.link.StepResultCodec;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker at the other end of a stream. Everything that happens to the link - messages, plans,
 * close, the stream's end - is an event run serially in its {@link SynchronizationContext}, on
 * whichever thread came first; so no caller waits for another and the outbound stream is written by
 * one thread at a time.
 */
final class GrpcWorkerLink implements WorkerLink, StreamObserver<WorkerMessage> {
  private static final Logger log = LoggerFactory.getLogger(GrpcWorkerLink.class);

  private final GrpcWorkerService service;
  private final Listener listener;
  private final StreamObserver<SchedulerMessage> outbound;
  private final SynchronizationContext events =
      new SynchronizationContext((thread, e) -> failed(e));

  /* Confined to events, but info is set before anyone else sees the link. */
  private GrpcLinkState state = GrpcLinkState.AWAITING_HELLO;
  private volatile @Nullable WorkerInfo info;
  private @Nullable OutstandingSteps outstanding;

  GrpcWorkerLink(
      GrpcWorkerService service, Listener listener, StreamObserver<SchedulerMessage> outbound) {
    this.service = service;
    this.listener = listener;
    this.outbound = outbound;
  }

  @Override
  public WorkerInfo info() {
    WorkerInfo known = info;
    if (known == null) {
      throw new IllegalStateException("the worker has not said hello");
    }
    return known;
  }

  @Override
  public void submit(StepPlan plan) {
    events.execute(() -> send(plan));
  }

  @Override
  public void close(String reason) {
    events.execute(() -> end(Status.UNAVAILABLE.withDescription(reason)));
  }

  @Override
  public void onNext(WorkerMessage message) {
    events.execute(() -> receive(message));
  }

  @Override
  public void onError(Throwable cause) {
    onCancelled();
  }

  /** The worker died, cancelled, or did not answer a probe; gRPC does not say which. */
  void onCancelled() {
    events.execute(() -> lost(Status.CANCELLED.withDescription("the stream broke")));
  }

  @Override
  public void onCompleted() {
    events.execute(() -> end(Status.OK.withDescription("the worker closed the stream")));
  }

  /** The time for the hello is up. */
  void expectHelloWithin(Duration timeout) {
    events.execute(() -> {
      if (state == GrpcLinkState.AWAITING_HELLO) {
        end(
            Status.DEADLINE_EXCEEDED.withDescription(
                "hello: not said within " + timeout.toMillis() + " ms"));
      }
    });
  }

  private void receive(WorkerMessage message) {
    if (state == GrpcLinkState.CLOSED || !fits("message", message, MAX_WORKER_REPLY_BYTES)) {
      return;
    }
    try {
      switch (message.getMessageCase()) {
        case HELLO -> hello(message.getHello());
        case STEP_RESULT -> result(message.getStepResult());
        case COPY_RESULT ->
            listener.onCopied(known(), CopyResultCodec.decode(message.getCopyResult()));
        case INVENTORY ->
            listener.onInventory(known(), InventoryCodec.decode(message.getInventory()));
        case MESSAGE_NOT_SET -> throw new IllegalArgumentException("message: not set or unknown");
      }
    } catch (IllegalArgumentException e) {
      end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  private void hello(WorkerHello hello) {
    if (state != GrpcLinkState.AWAITING_HELLO) {
      throw new IllegalArgumentException("hello: said twice");
    }
    int version = hello.getProtocolVersion();
    if (version != WORKER_PROTOCOL_VERSION) {
      refuse(
          Status.FAILED_PRECONDITION,
          "hello.protocol_version: is "
              + Integer.toUnsignedLong(version)
              + ", must be "
              + WORKER_PROTOCOL_VERSION);
      return;
    }
    WorkerInfo said = HelloCodec.decode(hello);
    info = said;
    outstanding = new OutstandingSteps(said);
    GrpcWorkerLink other = service.occupy(this);
    if (other != this) {
      String occupant = other.info().workerId();
      refuse(Status.ALREADY_EXISTS, "worker " + occupant + " is connected already");
      return;
    }
    String refusal = listener.onConnected(this);
    if (!refusal.isEmpty()) {
      refuse(Status.FAILED_PRECONDITION, refusal);
      return;
    }
    state = GrpcLinkState.CONNECTED;
    log.info("worker {} is connected", said.workerId());
    SchedulerWelcome welcome =
        SchedulerWelcome.newBuilder().setProtocolVersion(WORKER_PROTOCOL_VERSION).build();
    outbound.onNext(SchedulerMessage.newBuilder().setWelcome(welcome).build());
  }

  private GrpcWorkerLink known() {
    if (state != GrpcLinkState.CONNECTED) {
      throw new IllegalArgumentException("hello: must be the first message");
    }
    return this;
  }

  private void result(io.kvasir.v1.StepResult message) {
    if (state != GrpcLinkState.CONNECTED || outstanding == null) {
      throw new IllegalArgumentException("hello: must be the first message");
    }
    StepResult result = StepResultCodec.decode(message);
    outstanding.answered(result);
    listener.onResult(this, result);
  }

  private void send(StepPlan plan) {
    if (state != GrpcLinkState.CONNECTED || outstanding == null) {
      return;
    }
    SchedulerMessage message =
        SchedulerMessage.newBuilder().setStepPlan(StepPlanCodec.encode(plan)).build();
    if (!fits("step " + plan.stepId(), message, MAX_WORKER_MESSAGE_BYTES)) {
      return;
    }
    outstanding.sent(plan);
    outbound.onNext(message);
  }

  /* Ends the stream if a message is too large for one side. */
  private boolean fits(String what, MessageLite message, int limit) {
    int size = message.getSerializedSize();
    if (size > limit) {
      end(
          Status.RESOURCE_EXHAUSTED.withDescription(
              what + ": has " + size + " bytes, limit " + limit));
    }
    return size <= limit;
  }

  private void refuse(Status status, String reason) {
    log.warn("a worker is refused: {}", reason);
    state = GrpcLinkState.CLOSED;
    service.vacate(this);
    outbound.onError(status.withDescription(reason).asRuntimeException());
  }

  /* Ends the stream from this side. */
  private void end(Status status) {
    if (state == GrpcLinkState.CLOSED) {
      return;
    }
    if (status.isOk()) {
      outbound.onCompleted();
    } else {
      outbound.onError(status.asRuntimeException());
    }
    lost(status);
  }

  /* The stream is over, whoever ended it. */
  private void lost(Status status) {
    GrpcLinkState before = state;
    state = GrpcLinkState.CLOSED;
    if (before == GrpcLinkState.CONNECTED) {
      String reason = reason(status);
      log.warn("worker {} is lost: {}", info().workerId(), reason);
      listener.onLost(this, reason);
    } else if (before == GrpcLinkState.AWAITING_HELLO) {
      log.warn("a worker's stream ended before its hello: {}", reason(status));
    }
    // Last: a listener that still knew this worker would refuse the next one for good.
    service.vacate(this);
  }

  private void failed(Throwable cause) {
    log.error("worker link fails", cause);
    end(Status.INTERNAL.withDescription("the scheduler failed: " + cause));
  }

  private static String reason(Status status) {
    String description = status.getDescription();
    return description == null ? status.getCode().name() : description;
  }
}
