package io.kvasir.scheduler.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.kvasir.scheduler.gateway.Generations.Call;
import io.kvasir.scheduler.gateway.Generations.Result;
import io.kvasir.v1.AbortRequest;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.StopConditions;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GenerateTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void nothingLeaks() {
    server.awaitIdle();
  }

  @Test
  void streamsExactlyWhatTheModelGenerates() {
    List<Integer> prompt = List.of(5, 6, 7, 8);
    Result result = Generations.run(server.blocking(), Generations.request(prompt, 100).build());
    assertThat(result.promptTokenIds()).isEqualTo(prompt);
    assertThat(result.tokenIds()).isEqualTo(expected(prompt, 100));
    assertThat(result.text()).isEqualTo(new ByteTokenizer().decode(ints(result.tokenIds())));
    assertThat(result.finished().getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_LENGTH);
    assertThat(result.finished().getUsage().getPromptTokens()).isEqualTo(4);
    assertThat(result.finished().getUsage().getCompletionTokens()).isEqualTo(100);
    assertThat(result.finished().getTiming().getE2EMs())
        .isGreaterThanOrEqualTo(result.finished().getTiming().getTtftMs());
  }

  @Test
  void manyStreamsAtOnceEachGetTheirOwn() {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      GenerateRequest request = Generations.request(List.of(10, i + 3), 50).build();
      calls.add(Generations.start(server.async(), request));
    }
    for (int i = 0; i < 40; i++) {
      List<Integer> tokens = new ArrayList<>();
      Call call = calls.get(i);
      assertThat(call.next().hasAccepted()).isTrue();
      GenerateResponse event = call.next();
      for (; event.hasToken(); event = call.next()) {
        tokens.addAll(event.getToken().getTokenIdsList());
      }
      assertThat(tokens).isEqualTo(expected(List.of(10, i + 3), 50));
      assertThat(call.end()).isEqualTo(Status.OK);
    }
  }

  @Test
  void endsBeforeAStopString() {
    List<Integer> prompt = List.of(20, 21);
    int[] tokens = ints(expected(prompt, 200));
    String text = new ByteTokenizer().decode(tokens);
    String stop = text.substring(60, 64);
    GenerateRequest request =
        Generations.request(prompt, 200)
            .setStop(StopConditions.newBuilder().setMaxTokens(200).addStopStrings(stop))
            .build();
    Result result = Generations.run(server.blocking(), request);
    assertThat(result.finished().getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_STOP);
    assertThat(result.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
  }

  @Test
  void endsAtAStopToken() {
    List<Integer> prompt = List.of(30, 31);
    List<Integer> tokens = expected(prompt, 10);
    int stop = tokens.get(9);
    GenerateRequest request =
        Generations.request(prompt, 200)
            .setStop(StopConditions.newBuilder().addStopTokenIds(stop))
            .build();
    Result result = Generations.run(server.blocking(), request);
    assertThat(result.finished().getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_STOP);
    assertThat(result.text())
        .isEqualTo(new ByteTokenizer().decode(ints(tokens.subList(0, tokens.indexOf(stop)))));
  }

  @Test
  void returnsTheCandidatesThatWereAskedFor() {
    Call call =
        Generations.start(
            server.async(), Generations.request(List.of(3), 1).setTopCandidates(3).build());
    call.next();
    GenerateResponse token = call.next();
    assertThat(token.getToken().getCandidates(0).getCandidatesCount()).isEqualTo(3);
    assertThat(token.getToken().getCandidates(0).getCandidates(0).getTokenId())
        .isEqualTo(token.getToken().getTokenIds(0));
    assertThat(call.end()).isEqualTo(Status.OK);
  }

  @Test
  void cancellingFreesEverythingWithinAStep() throws IOException {
    SteppedRunner runner = new SteppedRunner(TestServer.oracle());
    try (TestServer stepped = TestServer.start(KvasirServer.Config.DEFAULT, runner)) {
      Call call = Generations.start(stepped.async(), Generations.endless("cancelled").build());
      call.next();
      runner.allow(3);
      for (int tokens = 0; tokens < 3; ) {
        tokens += call.next().getToken().getTokenIdsCount();
      }
      call.cancel();
      // Same connection: the server sees the cancellation first. The check runs on the scheduler
      // loop, behind the abort, while the fourth step waits to be allowed.
      stepped.checkIntegrity();
      runner.allow(1_000);
      stepped.awaitIdle();
      // The fourth was under way and the fifth had been sent.
      assertThat(runner.started()).isLessThanOrEqualTo(5);
    }
  }

  @Test
  void aDeadlineInTheRequestEndsItsStreamWithAnEvent() {
    Call call =
        Generations.start(
            server.async(), Generations.endless("deadline").setDeadlineMs(50).build());
    assertThat(call.last().getFinished().getFinishReason())
        .isEqualTo(FinishReason.FINISH_REASON_DEADLINE);
  }

  @Test
  void theDeadlineOfTheCallHoldsAsWell() {
    Call call =
        Generations.start(
            server.async().withDeadlineAfter(100, TimeUnit.MILLISECONDS),
            Generations.endless("call-deadline").build());
    // Both ends watch it; the client hears the one that was faster.
    assertThat(call.end().getCode()).isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.OK);
  }

  @Test
  void abortEndsTheStreamWithAnEvent() {
    Call call = Generations.start(server.async(), Generations.endless("aborted").build());
    call.next();
    server.blocking().abort(AbortRequest.newBuilder().setRequestId("aborted").build());
    assertThat(call.last().getFinished().getFinishReason())
        .isEqualTo(FinishReason.FINISH_REASON_ABORTED);
  }

  @Test
  void nobodyAbortsAnotherTenantsRequest() {
    Call call =
        Generations.start(server.async(), Generations.endless("mine").setTenantId("owner").build());
    call.next();
    AbortRequest foreign =
        AbortRequest.newBuilder().setRequestId("mine").setTenantId("other").build();
    StatusRuntimeException refusal = refusal(() -> server.blocking().abort(foreign));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refusal).hasMessageContaining("tenant other has no request mine");
    server.blocking().abort(foreign.toBuilder().setTenantId("owner").build());
    assertThat(call.end()).isEqualTo(Status.OK);
  }

  @Test
  void anIdInUseIsRefused() {
    Call call = Generations.start(server.async(), Generations.endless("twice").build());
    call.next();
    StatusRuntimeException refusal =
        refusal(() -> Generations.run(server.blocking(), Generations.endless("twice").build()));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    call.cancel();
  }

  @Test
  void aClientThatVanishesHoldsNothing() {
    var channel = server.newChannel().build();
    Call call =
        Generations.start(
            io.kvasir.v1.InferenceGrpc.newStub(channel), Generations.endless("gone").build());
    call.next();
    call.next();
    channel.shutdownNow();
  }

  @Test
  void aFullQueueRefusesWithARetryHint() throws IOException {
    try (TestServer narrow = TestServer.startNarrow(1, 1)) {
      Call running = Generations.start(narrow.async(), Generations.endless("runs").build());
      running.next();
      running.next();
      Call waiting = Generations.start(narrow.async(), Generations.endless("waits").build());
      waiting.next();
      StatusRuntimeException refusal =
          refusal(
              () -> Generations.run(narrow.blocking(), Generations.endless("too many").build()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      Metadata.Key<String> hint =
          Metadata.Key.of("retry-after-ms", Metadata.ASCII_STRING_MARSHALLER);
      assertThat(Long.parseLong(refusal.getTrailers().get(hint))).isPositive();
      var details = StatusProto.fromThrowable(refusal).getDetailsList();
      assertThat(details).hasSize(2);
      assertThat(details.getFirst().unpack(ErrorInfo.class).getReason()).isEqualTo("QUEUE");
      assertThat(details.getLast().is(RetryInfo.class)).isTrue();
      running.cancel();
      waiting.cancel();
    }
  }

  static StatusRuntimeException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable c) {
    return catchThrowableOfType(StatusRuntimeException.class, c);
  }

  private static List<Integer> expected(List<Integer> prompt, int count) {
    int[] tokens =
        HashModelRunner.expected(ints(prompt), count, new ByteTokenizer().vocabularySize());
    return Arrays.stream(tokens).boxed().toList();
  }

  private static int[] ints(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
