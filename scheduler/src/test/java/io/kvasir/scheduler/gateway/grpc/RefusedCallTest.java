package io.kvasir.scheduler.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvasir.scheduler.gateway.RequestValidator;
import io.kvasir.scheduler.gateway.ServedModel;
import io.kvasir.scheduler.gateway.TestModels;
import io.kvasir.scheduler.gateway.TokenStream;
import io.kvasir.scheduler.loop.Scheduler;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.loop.SchedulerLoop;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.ops.GatewayEvents;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SubmitResult;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.ChatInput;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of calls whose request is not taken. */
class RefusedCallTest {

  /** A client's call, held in the hand. */
  private static final class Call extends ServerCallStreamObserver<GenerateResponse> {
    private Runnable onCancel = () -> {};
    private @Nullable Throwable error;

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setOnCloseHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void onNext(GenerateResponse value) {}

    @Override
    public void onError(Throwable thrown) {
      error = thrown;
    }

    @Override
    public void onCompleted() {}
  }

  private final ServedModel model = TestModels.bytes(256);
  private final ScheduledExecutorService streams = Executors.newSingleThreadScheduledExecutor();
  private final List<RefusalReason> refusals = new ArrayList<>();
  private final GatewayEvents events =
      new GatewayEvents() {
        @Override
        public void onRefused(RefusalReason reason, String tenantId) {
          refusals.add(reason);
        }

        @Override
        public void onStreamReset() {}
      };

  @AfterEach
  void close() {
    streams.shutdownNow();
  }

  private InferenceService service(Scheduler scheduler) {
    return new InferenceService(
        model,
        scheduler,
        new RequestValidator(model, () -> "id", () -> 1, new Tenants()),
        new TokenStream.Limits(16, Duration.ofSeconds(1)),
        events,
        new InferenceService.Threads(
            _ -> {
              throw new RejectedExecutionException();
            },
            () -> streams,
            System::nanoTime));
  }

  @Test
  void aPromptForWhichThereIsNoRoomIsCounted() {
    SchedulerLoop scheduler = new SchedulerLoop(SchedulerConfig.DEFAULT, SchedulerEvents.NONE);
    Call call = new Call();
    service(scheduler)
        .generate(
            GenerateRequest.newBuilder().setChat(ChatInput.getDefaultInstance()).build(), call);
    assertThat(Status.fromThrowable(call.error).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusals).containsExactly(RefusalReason.PROMPTS);
  }

  /** While this call's request is on its way in, one of the same tenant and id is served. */
  @Test
  void aCallThatIsCancelledWhileItIsRefusedAbortsNobodyElse() {
    Call call = new Call();
    List<String> aborted = new ArrayList<>();
    Scheduler scheduler =
        new Unasked() {
          @Override
          public SubmitResult submit(
              RequestSpec spec, OutputText output, RequestListener listener) {
            call.onCancel.run();
            return new SubmitResult.Refused(
                new RequestError(RequestError.Code.ALREADY_EXISTS, "in use", 0));
          }

          @Override
          public boolean abort(String requestId, String tenantId) {
            return aborted.add(requestId);
          }
        };
    service(scheduler).generate(request(), call);
    assertThat(aborted).isEmpty();
    assertThat(refusals).containsExactly(RefusalReason.DUPLICATE_ID);
  }

  @Test
  void aCallThatIsCancelledWhileItIsAcceptedIsAborted() {
    Call call = new Call();
    List<String> aborted = new ArrayList<>();
    Scheduler scheduler =
        new Unasked() {
          @Override
          public SubmitResult submit(
              RequestSpec spec, OutputText output, RequestListener listener) {
            call.onCancel.run();
            return new SubmitResult.Accepted();
          }

          @Override
          public boolean abort(String requestId, String tenantId) {
            return aborted.add(requestId);
          }
        };
    service(scheduler).generate(request(), call);
    assertThat(aborted).contains("mine");
  }

  private static GenerateRequest request() {
    return GenerateRequest.newBuilder()
        .setRequestId("mine")
        .setTokenIds(TokenIds.newBuilder().addIds(5))
        .build();
  }

  /** A scheduler of which nothing else is wanted. */
  private abstract static class Unasked implements Scheduler {
    @Override
    public SchedulerStatus status() {
      return SchedulerStatus.NO_WORKER;
    }

    @Override
    public CompletableFuture<List<String>> checkIntegrity() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> setTierLimit(String tier, int blocks) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<SessionOutcome>> updateSession(
        String tenantId, String sessionId, SessionHints hints) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<OptionalInt> endSession(String tenantId, String sessionId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close(Duration drain) {}
  }
}
