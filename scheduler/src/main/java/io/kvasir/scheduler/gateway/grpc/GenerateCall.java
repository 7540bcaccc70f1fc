package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvasir.scheduler.gateway.RequestValidator;
import io.kvasir.scheduler.gateway.RequestValidator.Validated;
import io.kvasir.scheduler.gateway.StreamingOutputText;
import io.kvasir.scheduler.gateway.TokenStream;
import io.kvasir.scheduler.loop.Scheduler;
import io.kvasir.scheduler.ops.GatewayEvents;
import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SubmitResult;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Generate call: validate, submit, then let its {@link TokenStream} write. */
final class GenerateCall {

  /** What all calls of a server share. */
  record Shared(
      RequestValidator validator,
      Tokenizer tokenizer,
      Scheduler scheduler,
      TokenStream.Limits streamLimits,
      GatewayEvents events) {}

  private final Shared shared;
  private final ServerCallStreamObserver<GenerateResponse> call;
  private final long arrivalNanos;
  private final long deadlineNanos;
  private final TokenStream stream;
  private volatile @Nullable RequestSpec accepted;
  private volatile boolean abortWanted;

  /** Takes over a call; on its own thread, before the handler returns. */
  GenerateCall(
      Shared shared,
      ServerCallStreamObserver<GenerateResponse> call,
      ScheduledExecutorService executor,
      long arrivalNanos) {
    this.shared = shared;
    this.call = call;
    this.arrivalNanos = arrivalNanos;
    Context context = Context.current();
    Deadline deadline = context.getDeadline();
    this.deadlineNanos =
        deadline == null
            ? Long.MAX_VALUE
            : arrivalNanos + deadline.timeRemaining(TimeUnit.NANOSECONDS);
    this.stream =
        new TokenStream(
            new GrpcTokenSink(call, context, shared.events),
            executor,
            shared.streamLimits,
            this::abort);
    call.setOnCancelHandler(stream::onCancelled);
    call.setOnReadyHandler(stream::onReady);
    call.setOnCloseHandler(stream::onClosed);
  }

  /** Admits the request, or refuses it with a status. Any thread, once. */
  void admit(GenerateRequest request) {
    try {
      Validated validated = shared.validator.validate(request, arrivalNanos, deadlineNanos);
      if (call.isCancelled()) {
        return;
      }
      RequestSpec spec = validated.spec();
      StreamingOutputText output =
          new StreamingOutputText(shared.tokenizer.newDetokenizer(), validated.stopPatterns());
      switch (shared.scheduler.submit(spec, output, stream)) {
        case SubmitResult.Accepted() -> {
          accepted = spec;
          if (abortWanted) {
            abort();
          }
          call.onNext(GenerateCodec.accepted(spec));
          stream.open();
        }
        case SubmitResult.Refused refused -> refuse(refused.error(), spec.tenantId());
      }
    } catch (RuntimeException e) {
      abort();
      // Its tenant's id may be what is wrong with it.
      refuse(GrpcErrors.of(e), GrpcErrors.reason(e), "");
    }
  }

  /** Ends a call whose request is not taken. */
  void refuse(RequestError error, String tenantId) {
    refuse(GrpcErrors.of(error), error.reason(), tenantId);
  }

  private void refuse(StatusRuntimeException error, RefusalReason reason, String tenantId) {
    shared.events.onRefused(reason, tenantId);
    call.onError(error);
  }

  /* Not before it is accepted: until then its id may be that of another request. */
  private void abort() {
    abortWanted = true;
    RequestSpec spec = accepted;
    if (spec != null) {
      shared.scheduler.abort(spec.requestId(), spec.tenantId());
    }
  }
}
