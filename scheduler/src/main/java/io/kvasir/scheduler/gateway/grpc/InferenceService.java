package io.kvasir.scheduler.gateway.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvasir.proto.WireLimits;
import io.kvasir.scheduler.gateway.PromptReader;
import io.kvasir.scheduler.gateway.RequestValidator;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.SessionReader;
import io.kvasir.scheduler.gateway.TokenStream;
import io.kvasir.scheduler.loop.Scheduler;
import io.kvasir.scheduler.ops.GatewayEvents;
import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.v1.AbortRequest;
import io.kvasir.v1.AbortResponse;
import io.kvasir.v1.DetokenizeRequest;
import io.kvasir.v1.DetokenizeResponse;
import io.kvasir.v1.EndSessionRequest;
import io.kvasir.v1.EndSessionResponse;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.GetModelResponse;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.v1.TokenizeRequest;
import io.kvasir.v1.TokenizeResponse;
import io.kvasir.v1.UpdateSessionRequest;
import io.kvasir.v1.UpdateSessionResponse;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The client API. Its methods run on gRPC's event loops and are brief: whatever may take long
 * (rendering a chat template, tokenizing much text) goes to a bounded pool.
 */
public final class InferenceService extends InferenceGrpc.InferenceImplBase {
  /**
   * Largest request, in bytes, whose text is tokenized on the event loop. A SentencePiece
   * vocabulary takes about 0.2 ms for a KiB; the largest prompt takes 0.7 s.
   */
  static final int INLINE_BYTES = 1024;

  private static final RequestError TOO_MANY_PROMPTS =
      new RequestError(
          RequestError.Code.RESOURCE_EXHAUSTED,
          RefusalReason.PROMPTS,
          "too many prompts wait to be tokenized",
          GrpcErrors.FULL_RETRY_MILLIS);

  /**
   * Where the service's work runs.
   *
   * @param prompts takes long work; bounded, throws {@link RejectedExecutionException} when full
   * @param streams gives each call a serial executor, best the event loop that called
   * @param nanoTime the server's monotonic clock
   */
  public record Threads(
      Executor prompts, Supplier<ScheduledExecutorService> streams, LongSupplier nanoTime) {}

  private final ServedModel model;
  private final Scheduler scheduler;
  private final GenerateCall.Shared shared;
  private final Threads threads;
  private final PromptReader promptReader;

  /**
   * The service.
   *
   * @param events hears of refusals and resets
   */
  public InferenceService(
      ServedModel model,
      Scheduler scheduler,
      RequestValidator validator,
      TokenStream.Limits streamLimits,
      GatewayEvents events,
      Threads threads) {
    this.model = model;
    this.scheduler = scheduler;
    this.shared =
        new GenerateCall.Shared(validator, model.tokenizer(), scheduler, streamLimits, events);
    this.threads = threads;
    this.promptReader = new PromptReader(model);
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    GenerateCall call =
        new GenerateCall(
            shared,
            (ServerCallStreamObserver<GenerateResponse>) observer,
            threads.streams().get(),
            threads.nanoTime().getAsLong());
    boolean brief =
        switch (request.getInputCase()) {
          case TEXT -> request.getSerializedSize() <= INLINE_BYTES;
          case CHAT -> false;
          case TOKEN_IDS, INPUT_NOT_SET -> true;
        };
    if (brief) {
      call.admit(request);
    } else if (!offloaded(() -> call.admit(request))) {
      call.refuse(TOO_MANY_PROMPTS, "");
    }
  }

  @Override
  public void abort(AbortRequest request, StreamObserver<AbortResponse> observer) {
    String requestId = RequestValidator.requestId(request.getRequestId());
    String tenantId = RequestValidator.tenant(request.getTenantId());
    if (!scheduler.abort(requestId, tenantId)) {
      throw Status.NOT_FOUND
          .withDescription(
              "request_id: tenant %s has no request %s in the system"
                  .formatted(tenantId, requestId))
          .asRuntimeException();
    }
    observer.onNext(AbortResponse.getDefaultInstance());
    observer.onCompleted();
  }

  @Override
  public void updateSession(
      UpdateSessionRequest request, StreamObserver<UpdateSessionResponse> observer) {
    String tenantId = RequestValidator.tenant(request.getTenantId());
    String sessionId = SessionReader.required(request.getSessionId());
    var _ =
        scheduler
            .updateSession(tenantId, sessionId, SessionReader.hints(request.getHints()))
            .whenComplete((outcome, failure) -> {
              if (failure != null) {
                observer.onError(GrpcErrors.of(failure));
              } else if (outcome.isEmpty()) {
                observer.onError(noSession(tenantId, sessionId));
              } else {
                observer.onNext(
                    UpdateSessionResponse.newBuilder()
                        .setSession(SessionCodec.of(outcome.get()))
                        .build());
                observer.onCompleted();
              }
            });
  }

  @Override
  public void endSession(EndSessionRequest request, StreamObserver<EndSessionResponse> observer) {
    String tenantId = RequestValidator.tenant(request.getTenantId());
    String sessionId = SessionReader.required(request.getSessionId());
    var _ =
        scheduler
            .endSession(tenantId, sessionId)
            .whenComplete((blocks, failure) -> {
              if (failure != null) {
                observer.onError(GrpcErrors.of(failure));
              } else if (blocks.isEmpty()) {
                observer.onError(noSession(tenantId, sessionId));
              } else {
                observer.onNext(
                    EndSessionResponse.newBuilder().setBlocks(blocks.getAsInt()).build());
                observer.onCompleted();
              }
            });
  }

  private static StatusRuntimeException noSession(String tenantId, String sessionId) {
    return Status.NOT_FOUND
        .withDescription(
            "session_id: no hints are kept for session %s of tenant %s"
                .formatted(sessionId, tenantId))
        .asRuntimeException();
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> observer) {
    observer.onNext(
        GetModelResponse.newBuilder()
            .setName(model.name())
            .setArchitecture(model.architecture())
            .setFingerprint(model.fingerprint())
            .setVocabularySize(model.vocabularySize())
            .setContextLength(model.contextLength())
            .setBlockTokens(model.blockTokens())
            .setBlockCount(scheduler.status().blocks().total())
            .setKvBytesPerToken(model.kvBytesPerToken())
            .setHasChatTemplate(model.chatTemplate().isPresent())
            .setMaxMessageBytes(WireLimits.MAX_CLIENT_MESSAGE_BYTES)
            .build());
    observer.onCompleted();
  }

  @Override
  public void tokenize(TokenizeRequest request, StreamObserver<TokenizeResponse> observer) {
    offload(() ->
        answer(
            observer,
            () -> {
              TokenizeResponse.Builder response = TokenizeResponse.newBuilder();
              for (int id : promptReader.read(request)) {
                response.addTokenIds(id);
              }
              return response.build();
            }));
  }

  @Override
  public void detokenize(DetokenizeRequest request, StreamObserver<DetokenizeResponse> observer) {
    offload(() ->
        answer(
            observer,
            () -> DetokenizeResponse.newBuilder().setText(promptReader.text(request)).build()));
  }

  private void offload(Runnable work) {
    if (!offloaded(work)) {
      throw GrpcErrors.of(TOO_MANY_PROMPTS);
    }
  }

  private boolean offloaded(Runnable work) {
    try {
      threads.prompts().execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Off the event loop nobody else would turn an exception into a status. */
  private static <T> void answer(StreamObserver<T> observer, Supplier<T> handler) {
    T response;
    try {
      response = handler.get();
    } catch (RuntimeException e) {
      observer.onError(GrpcErrors.of(e));
      return;
    }
    observer.onNext(response);
    observer.onCompleted();
  }
}
