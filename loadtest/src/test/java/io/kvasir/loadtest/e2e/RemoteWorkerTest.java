package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.kvasir.v1.FinishReason;
import io.kvasir.v1.Finished;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GenerateResponse;
import io.kvasir.v1.StopConditions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker in another process: the same tokens, whatever happens to it. */
class RemoteWorkerTest {
  private static final int LONG = 300;

  /** More work than a worker does in the time it takes to kill it. */
  private static final int REQUESTS = 48;

  @TempDir Path folder;

  @Test
  void storiesThroughAnotherProcess() throws IOException {
    check(Golden.stories());
  }

  @Test
  void bundledThroughAnotherProcess() throws IOException {
    check(Golden.bundled());
  }

  private void check(Golden golden) throws IOException {
    try (Stack stack = Stack.remote(golden.model(), 512, Duration.ofSeconds(30));
        KvasirProcess worker = KvasirProcess.worker(stack.workerPort(), golden.model(), folder)) {
      await(stack, ServingStatus.SERVING);
      for (Golden.Case expected : golden.cases()) {
        GoldenThroughTheStackTest.checkGreedy(
            expected, stack.generate(GoldenThroughTheStackTest.greedy(expected, "alone")));
      }
      GoldenThroughTheStackTest.checkMixed(golden, stack);
      assertThat(worker.terminate()).as(worker::output).isZero();
      await(stack, ServingStatus.NOT_SERVING);
    }
  }

  @Test
  void requestsOfAKilledWorkerGoOnWhenOneReturns() throws IOException {
    Golden golden = Golden.bundled();
    try (Stack stack = Stack.remote(golden.model(), 512, Duration.ofSeconds(60))) {
      List<Generation> undisturbed;
      try (KvasirProcess worker =
          KvasirProcess.worker(stack.workerPort(), golden.model(), folder)) {
        await(stack, ServingStatus.SERVING);
        undisturbed = stack.generateAll(longRequests(golden));

        List<Iterator<GenerateResponse>> streams = startAll(stack, golden);
        worker.kill();
        await(stack, ServingStatus.NOT_SERVING);
        try (KvasirProcess next =
            KvasirProcess.worker(stack.workerPort(), golden.model(), folder)) {
          await(stack, ServingStatus.SERVING);
          int recomputed = 0;
          for (int i = 0; i < streams.size(); i++) {
            Generation generation = Generation.read(streams.get(i));
            assertThat(generation.tokenIds()).isEqualTo(undisturbed.get(i).tokenIds());
            assertThat(generation.text()).isEqualTo(undisturbed.get(i).text());
            recomputed += generation.finished().getTiming().getRecomputedTokens();
          }
          assertThat(recomputed).isPositive();
          assertThat(stack.violations()).isEmpty();
          assertThat(next.terminate()).as(next::output).isZero();
        }
      }
    }
  }

  @Test
  void requestsOfALostWorkerEndAsUnavailableAndTheNextWorkerServes() throws IOException {
    Golden golden = Golden.bundled();
    try (Stack stack = Stack.remote(golden.model(), 512, Duration.ofMillis(200))) {
      try (KvasirProcess worker =
          KvasirProcess.worker(stack.workerPort(), golden.model(), folder)) {
        await(stack, ServingStatus.SERVING);
        List<Iterator<GenerateResponse>> streams = startAll(stack, golden);
        worker.kill();
        int unavailable = 0;
        for (Iterator<GenerateResponse> stream : streams) {
          Finished finished = Generation.read(stream).finished();
          if (finished.getFinishReason() == FinishReason.FINISH_REASON_ERROR) {
            assertThat(finished.getError().getCode()).isEqualTo("UNAVAILABLE");
            unavailable++;
          } else {
            assertThat(finished.getFinishReason()).isEqualTo(FinishReason.FINISH_REASON_LENGTH);
          }
        }
        assertThat(unavailable).isPositive();
      }
      try (KvasirProcess next = KvasirProcess.worker(stack.workerPort(), golden.model(), folder)) {
        await(stack, ServingStatus.SERVING);
        Golden.Case expected = golden.cases().getFirst();
        GoldenThroughTheStackTest.checkGreedy(
            expected, stack.generate(GoldenThroughTheStackTest.greedy(expected, "next")));
        assertThat(next.terminate()).as(next::output).isZero();
      }
    }
  }

  /** Streams that have been accepted; most are far from their end. */
  private static List<Iterator<GenerateResponse>> startAll(Stack stack, Golden golden) {
    List<Iterator<GenerateResponse>> streams = new ArrayList<>();
    for (GenerateRequest request : longRequests(golden)) {
      Iterator<GenerateResponse> stream = stack.stub().generate(request);
      assertThat(stream.hasNext()).isTrue();
      streams.add(stream);
    }
    return streams;
  }

  private static List<GenerateRequest> longRequests(Golden golden) {
    List<GenerateRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Golden.Case prompt = golden.cases().get(i % golden.cases().size());
      requests.add(
          GenerateRequest.newBuilder()
              .setTenantId("long-" + i)
              .setText(prompt.prompt())
              .setStop(StopConditions.newBuilder().setMaxTokens(LONG).setIgnoreEos(true))
              .build());
    }
    return requests;
  }

  private static void await(Stack stack, ServingStatus wanted) {
    Iterator<HealthCheckResponse> changes =
        HealthGrpc.newBlockingStub(stack.channel())
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .watch(HealthCheckRequest.getDefaultInstance());
    while (changes.next().getStatus() != wanted) {
      // The stream blocks until the next change, or fails at its deadline.
    }
  }
}
