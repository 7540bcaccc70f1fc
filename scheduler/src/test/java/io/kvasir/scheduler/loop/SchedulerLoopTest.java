package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.scheduler.link.InProcessLink;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SubmitResult;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop with its real threads and a worker loop behind it; gates instead of sleeps. */
@Timeout(60)
class SchedulerLoopTest {
  private static final int VOCABULARY = 60;
  private static final HashRunnerConfig WORKER = new HashRunnerConfig(VOCABULARY, 256, 4, 40, 64);
  private static final Duration DRAIN = Duration.ofSeconds(30);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private SchedulerLoop loop(SchedulerConfig config, SchedulerEvents events) {
    SchedulerLoop loop = new SchedulerLoop(config, events).start();
    open.add(() -> loop.close(Duration.ZERO));
    return loop;
  }

  private SchedulerLoop loop() {
    return loop(SchedulerConfig.builder().limits(100, 8, 16).build(), SchedulerEvents.NONE);
  }

  private InProcessLink connect(SchedulerLoop loop, ModelRunner runner) {
    InProcessLink link = InProcessLink.connect(new StepEngine(runner, 8), "worker", loop);
    open.add(runner);
    open.add(link);
    return link;
  }

  private static HashModelRunner hashRunner() {
    return new HashModelRunner(WORKER);
  }

  private static RecordedRequest request(String id, int start, int length, int maxTokens) {
    Specs specs = Specs.PLAIN.arrival(System.nanoTime());
    return new RecordedRequest(
        specs.request(id, Specs.prompt(start, length, VOCABULARY), maxTokens));
  }

  private static RecordedRequest accepted(SchedulerLoop loop, RecordedRequest request) {
    assertThat(loop.submit(request.spec(), request, request))
        .isEqualTo(new SubmitResult.Accepted());
    return request;
  }

  private static RequestError refused(SchedulerLoop loop, RecordedRequest request) {
    SubmitResult result = loop.submit(request.spec(), request, request);
    assertThat(result).isInstanceOf(SubmitResult.Refused.class);
    return ((SubmitResult.Refused) result).error();
  }

  private static int[] expected(RequestSpec spec) {
    return HashModelRunner.expected(spec.promptTokenIds(), spec.maxTokens(), VOCABULARY);
  }

  private static void awaitStatus(SchedulerLoop loop, Predicate<SchedulerStatus> wanted) {
    while (!wanted.test(loop.status())) {
      Thread.onSpinWait();
    }
  }

  @Test
  void requestsOfManyThreadsProduceTheirOwnTokens() throws Exception {
    SchedulerLoop loop = loop();
    connect(loop, hashRunner());
    List<RecordedRequest> requests = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      RecordedRequest request = request("request-" + i, i, 1 + i, 1 + 2 * i);
      requests.add(request);
      threads.add(Thread.ofPlatform().start(() -> accepted(loop, request)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (RecordedRequest request : requests) {
      assertThat(request.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(request.tokens()).isEqualTo(expected(request.spec()));
      assertThat(request.misuse()).isNull();
    }
    assertThat(loop.checkIntegrity().get()).isEmpty();
    awaitStatus(loop, status -> status.totals().finishedRequests() == 40);
    assertThat(loop.status().health()).isEqualTo(SchedulerStatus.SERVING);
  }

  @Test
  void aFullQueueRefusesWithARetryHint() throws Exception {
    SchedulerLoop loop =
        loop(SchedulerConfig.builder().limits(2, 1, 16).build(), SchedulerEvents.NONE);
    GatedRunner gated = new GatedRunner(hashRunner());
    connect(loop, gated);
    RecordedRequest running = accepted(loop, request("running", 1, 4, 3));
    gated.awaitArrival();
    RecordedRequest second = accepted(loop, request("second", 2, 4, 3));
    RecordedRequest third = accepted(loop, request("third", 3, 4, 3));
    RequestError error = refused(loop, request("fourth", 4, 4, 3));
    assertThat(error.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(error.message()).contains("max_queued_requests is 2");
    assertThat(error.retryAfterMillis()).isBetween(100L, 60_000L);
    assertThat(refused(loop, request("second", 2, 4, 3)).code()).isEqualTo(Code.ALREADY_EXISTS);
    gated.open();
    for (RecordedRequest request : List.of(running, second, third)) {
      request.awaitEnd();
      assertThat(request.tokens()).isEqualTo(expected(request.spec()));
    }
    accepted(loop, request("fourth", 4, 4, 3)).awaitEnd();
  }

  @Test
  void withoutAWorkerRequestsAreRefused() {
    RequestError error = refused(loop(), request("request", 1, 4, 3));
    assertThat(error.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(error.retryAfterMillis()).isPositive();
  }

  @Test
  void whatCanNeverFitIsRefusedWithTheNumbers() {
    SchedulerLoop loop = loop();
    connect(loop, hashRunner());
    RequestError context = refused(loop, request("request", 1, 200, 57));
    assertThat(context.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(context.message()).contains("200", "57", "257", "256");
    RequestError pool = refused(loop, request("request", 1, 100, 62));
    assertThat(pool.message()).contains("41 KV blocks", "the pool has 40");
  }

  @Test
  void onlyTheTenantAbortsItsRequest() throws Exception {
    SchedulerLoop loop = loop();
    GatedRunner gated = new GatedRunner(hashRunner());
    connect(loop, gated);
    RecordedRequest request = accepted(loop, request("request", 1, 4, 100));
    gated.awaitArrival();
    assertThat(loop.abort("request", "stranger")).isFalse();
    assertThat(loop.abort("other", "tenant")).isFalse();
    assertThat(loop.abort("request", "tenant")).isTrue();
    assertThat(request.awaitEnd().reason()).isEqualTo(FinishReason.ABORTED);
    assertThat(loop.abort("request", "tenant")).isFalse();
    gated.open();
    assertThat(loop.checkIntegrity().get()).isEmpty();
  }

  @Test
  void aDeadlinePassesWhileTheWorkerComputes() throws Exception {
    SchedulerLoop loop = loop();
    GatedRunner gated = new GatedRunner(hashRunner());
    connect(loop, gated);
    Specs specs = Specs.PLAIN.deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(30));
    RecordedRequest request =
        new RecordedRequest(specs.request("request", Specs.prompt(1, 4, VOCABULARY), 100));
    accepted(loop, request);
    assertThat(request.awaitEnd().reason()).isEqualTo(FinishReason.DEADLINE);
    gated.open();
  }

  @Test
  void aLostWorkersRequestsGoOnIdenticallyOnTheNext() throws Exception {
    SchedulerLoop loop = loop();
    InProcessLink lost = connect(loop, hashRunner());
    List<RecordedRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(accepted(loop, request("request-" + i, i, 10, 20)));
    }
    requests.getFirst().awaitFirstToken();
    lost.close();
    connect(loop, hashRunner());
    for (RecordedRequest request : requests) {
      assertThat(request.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(request.tokens()).isEqualTo(expected(request.spec()));
    }
    assertThat(loop.checkIntegrity().get()).isEmpty();
  }

  @Test
  void aSecondWorkerAndAnotherModelAreRefused() {
    SchedulerLoop loop = loop();
    InProcessLink first = connect(loop, hashRunner());
    try (HashModelRunner second = hashRunner()) {
      StepEngine engine = new StepEngine(second, 8);
      assertThatThrownBy(() -> InProcessLink.connect(engine, "second", loop))
          .hasMessageContaining("worker worker is connected");
    }
    first.close();
    HashRunnerConfig other = new HashRunnerConfig(VOCABULARY + 1, 256, 4, 40, 64);
    try (HashModelRunner runner = new HashModelRunner(other)) {
      StepEngine engine = new StepEngine(runner, 8);
      assertThatThrownBy(() -> InProcessLink.connect(engine, "other", loop))
          .hasMessageContaining("model fingerprint");
    }
  }

  @Test
  void anIdIsFreeWhenItsEndIsHeard() throws Exception {
    SchedulerLoop loop = loop();
    connect(loop, hashRunner());
    for (int i = 0; i < 200; i++) {
      accepted(loop, request("request", i, 3, 2)).awaitEnd();
    }
  }

  @Test
  void closingLetsRequestsEndWithinTheDrainTime() throws Exception {
    SchedulerLoop loop = loop();
    connect(loop, hashRunner());
    RecordedRequest request = accepted(loop, request("request", 1, 4, 100));
    loop.close(DRAIN);
    assertThat(request.end().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(refused(loop, request("late", 1, 4, 3)).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(loop.checkIntegrity().get()).containsExactly("the scheduler has been closed");
  }

  @Test
  void closingAbortsWhatDoesNotEndInTime() throws Exception {
    SchedulerLoop loop = loop();
    GatedRunner gated = new GatedRunner(hashRunner());
    connect(loop, gated);
    RecordedRequest request = accepted(loop, request("request", 1, 4, 100));
    gated.awaitArrival();
    loop.close(Duration.ZERO);
    assertThat(request.end().reason()).isEqualTo(FinishReason.ABORTED);
    gated.open();
  }

  @Test
  void aBrokenInvariantEndsEverythingAndNothingIsServedAgain() throws Exception {
    SchedulerEvents breaking =
        new SchedulerEvents() {
          @Override
          public void onToken(RequestSpec spec, int index, long sinceNanos) {
            if (index == 3) {
              throw new IllegalStateException("a test breaks the core");
            }
          }
        };
    SchedulerLoop loop = loop(SchedulerConfig.DEFAULT, breaking);
    connect(loop, hashRunner());
    RecordedRequest first = accepted(loop, request("first", 1, 4, 100));
    assertThat(first.awaitEnd().reason()).isEqualTo(FinishReason.ERROR);
    assertThat(first.end().error()).extracting("code").isEqualTo(Code.INTERNAL);
    assertThat(refused(loop, request("second", 1, 4, 3)).code()).isEqualTo(Code.INTERNAL);
    awaitStatus(loop, status -> status.health().contains("broken invariant"));
    assertThat(loop.status().healthy()).isFalse();
    assertThat(loop.status().health()).contains("a test breaks the core");
    assertThat(loop.checkIntegrity().get()).hasSize(1);
  }
}
