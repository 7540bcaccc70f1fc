package io.kvasir.loadtest.live;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.report.RequestTimes;
import io.kvasir.loadtest.report.RunRecorder;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.TokenDelta;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One generation as its client sees it. Every time counts from the intended send time. Confined to
 * the call's callbacks, which gRPC makes one after the other; {@link #giveUp} may come from
 * anywhere.
 */
final class GenerationCall implements ClientResponseObserver<GenerateRequest, GenerateResponse> {
  private final Arrival arrival;
  private final RunRecorder recorder;
  private final LongSupplier nanos;
  private final Consumer<Completion> atEnd;
  private final StringBuilder text = new StringBuilder();
  private int[] promptTokenIds = {};
  private int[] tokenIds = new int[16];
  private int tokens;
  private long firstNanos;
  private long lastNanos;
  private long endNanos;
  private boolean accepted;
  private @Nullable RequestEnd end;
  private volatile boolean givenUp;
  private volatile @Nullable ClientCallStreamObserver<GenerateRequest> stream;

  /**
   * A call about to start.
   *
   * @param arrival what is asked
   * @param recorder measures it
   * @param nanos the time since the start of the run
   * @param atEnd called once, when the call is over
   */
  GenerationCall(
      Arrival arrival, RunRecorder recorder, LongSupplier nanos, Consumer<Completion> atEnd) {
    this.arrival = arrival;
    this.recorder = recorder;
    this.nanos = nanos;
    this.atEnd = atEnd;
  }

  /** Cancels the call; it counts as unfinished. */
  void giveUp() {
    givenUp = true;
    ClientCallStreamObserver<GenerateRequest> started = stream;
    if (started != null) {
      started.cancel("the run is over", null);
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<GenerateRequest> requests) {
    stream = requests;
  }

  @Override
  public void onNext(GenerateResponse response) {
    long now = nanos.getAsLong();
    switch (response.getEventCase()) {
      case ACCEPTED -> {
        accepted = true;
        promptTokenIds =
            response.getAccepted().getPromptTokenIdsList().stream()
                .mapToInt(Integer::intValue)
                .toArray();
      }
      case TOKEN -> receive(response.getToken(), now);
      case FINISHED -> finish(response.getFinished(), now);
      case PREEMPTED, RESUMED -> {
        // The gap between the tokens tells how long it was.
      }
      case EVENT_NOT_SET -> violation("EMPTY_EVENT");
    }
  }

  @Override
  public void onError(Throwable error) {
    endNanos = nanos.getAsLong();
    Status.Code code = Status.fromThrowable(error).getCode();
    RequestEnd.Kind kind = kind(code);
    over(
        kind == RequestEnd.Kind.REFUSED
            ? RequestEnd.refused(code.name(), Refusals.reason(error))
            : RequestEnd.without(kind, code.name()));
  }

  @Override
  public void onCompleted() {
    RequestEnd finished = end;
    if (finished == null) {
      endNanos = nanos.getAsLong();
      over(RequestEnd.without(RequestEnd.Kind.ERROR, "NO_TERMINAL_EVENT"));
    } else {
      over(finished);
    }
  }

  private RequestEnd.Kind kind(Status.Code code) {
    if (givenUp) {
      return RequestEnd.Kind.UNFINISHED;
    }
    if (code == Status.Code.DEADLINE_EXCEEDED) {
      return RequestEnd.Kind.DEADLINE;
    }
    boolean refusal =
        switch (code) {
          case RESOURCE_EXHAUSTED,
              INVALID_ARGUMENT,
              OUT_OF_RANGE,
              FAILED_PRECONDITION,
              ALREADY_EXISTS,
              NOT_FOUND,
              PERMISSION_DENIED,
              UNAUTHENTICATED ->
              true;
          case OK,
              CANCELLED,
              UNKNOWN,
              DEADLINE_EXCEEDED,
              ABORTED,
              UNIMPLEMENTED,
              INTERNAL,
              UNAVAILABLE,
              DATA_LOSS ->
              false;
        };
    return refusal && !accepted ? RequestEnd.Kind.REFUSED : RequestEnd.Kind.ERROR;
  }

  private void receive(TokenDelta delta, long now) {
    int count = delta.getTokenIdsCount();
    text.append(delta.getText());
    if (delta.getIndex() != tokens && count > 0) {
      violation("TOKEN_OUT_OF_ORDER");
    }
    if (count == 0) {
      return;
    }
    if (tokens == 0) {
      firstNanos = now;
      recorder.firstTokens(arrival.tenant(), now, now - arrival.offsetNanos(), count);
    } else {
      recorder.moreTokens(arrival.tenant(), now, now - lastNanos, count);
    }
    lastNanos = now;
    if (tokens + count > tokenIds.length) {
      tokenIds = Arrays.copyOf(tokenIds, Math.max(tokens + count, 2 * tokenIds.length));
    }
    for (int i = 0; i < count; i++) {
      tokenIds[tokens++] = delta.getTokenIds(i);
    }
  }

  private void finish(Finished finished, long now) {
    endNanos = now;
    text.append(finished.getText());
    RequestEnd.Usage usage =
        new RequestEnd.Usage(
            finished.getUsage().getPromptTokens(),
            finished.getUsage().getCachedTokens(),
            finished.getUsage().getCompletionTokens(),
            finished.getTiming().getPreemptions(),
            finished.getTiming().getRecomputedTokens(),
            finished.getTiming().getQueueMs());
    RequestEnd received =
        switch (finished.getFinishReason()) {
          case FINISH_REASON_STOP, FINISH_REASON_LENGTH ->
              new RequestEnd(RequestEnd.Kind.OK, "", usage);
          case FINISH_REASON_ABORTED -> new RequestEnd(RequestEnd.Kind.ABORTED, "", usage);
          case FINISH_REASON_DEADLINE -> new RequestEnd(RequestEnd.Kind.DEADLINE, "", usage);
          case FINISH_REASON_ERROR ->
              new RequestEnd(RequestEnd.Kind.ERROR, finished.getError().getCode(), usage);
          case FINISH_REASON_UNSPECIFIED, UNRECOGNIZED ->
              new RequestEnd(RequestEnd.Kind.ERROR, "UNKNOWN_FINISH_REASON", usage);
        };
    if (end != null) {
      violation("TWO_TERMINAL_EVENTS");
    } else if (usage.completionTokens() != tokens) {
      violation("MISCOUNTED_TOKENS");
    } else {
      end = received;
    }
  }

  /** The server broke its own rules; the first offence counts. */
  private void violation(String code) {
    if (end == null || end.kind() != RequestEnd.Kind.ERROR) {
      end = RequestEnd.without(RequestEnd.Kind.ERROR, code);
    }
  }

  private void over(RequestEnd how) {
    RequestTimes times =
        new RequestTimes(
            endNanos - arrival.offsetNanos(),
            tokens == 0 ? 0 : firstNanos - arrival.offsetNanos(),
            lastNanos - firstNanos,
            tokens,
            withinTargets(arrival.slo()));
    recorder.ended(arrival.tenant(), endNanos, how, times);
    atEnd.accept(
        new Completion(
            arrival, promptTokenIds, Arrays.copyOf(tokenIds, tokens), text.toString(), how));
  }

  private boolean withinTargets(SloTargets slo) {
    boolean first =
        slo.ttftMillis() == 0
            || firstNanos - arrival.offsetNanos() <= slo.ttftMillis() * 1_000_000L;
    boolean rest =
        slo.tbtMillis() == 0
            || tokens < 2
            || (lastNanos - firstNanos) / (tokens - 1) <= slo.tbtMillis() * 1_000_000L;
    return first && rest;
  }
}
