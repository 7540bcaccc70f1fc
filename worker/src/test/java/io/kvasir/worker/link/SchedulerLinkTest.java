package io.kvasir.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.kvasir.v1.NewRequest;
import io.kvasir.v1.ScheduledRequest;
import io.kvasir.v1.SchedulerMessage;
import io.kvasir.v1.StepPlan;
import io.kvasir.v1.StepResult;
import io.kvasir.v1.WorkerSampling;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker with a scheduler that keeps to the protocol, and with ones that do not. */
@Timeout(60)
final class SchedulerLinkTest {
  private final HashModelRunner runner =
      new HashModelRunner(new HashRunnerConfig(90, 64, 4, 16, 32));
  private final StepEngine engine = new StepEngine(runner, 2);
  private final CompletableFuture<LinkEnd> end = new CompletableFuture<>();
  private FakeScheduler scheduler;
  private SchedulerLink link;

  @BeforeEach
  void start() throws Exception {
    scheduler = new FakeScheduler();
    link = new SchedulerLink(config(Duration.ofSeconds(30)), engine, new Random(7));
    run(link, end);
  }

  @AfterEach
  void stop() {
    link.close();
    assertThat(link.state()).isEqualTo(LinkState.CLOSED);
    scheduler.close();
    runner.close();
  }

  private SchedulerLinkConfig config(Duration handshakeTimeout) {
    return new SchedulerLinkConfig(
        "127.0.0.1",
        scheduler.port(),
        "w",
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        handshakeTimeout,
        Duration.ofMillis(20),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5));
  }

  private static void run(SchedulerLink link, CompletableFuture<LinkEnd> end) {
    Thread.ofPlatform()
        .daemon(true)
        .start(() -> {
          try {
            end.complete(link.run());
          } catch (InterruptedException | RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
  }

  @Test
  void servesAndLeavesInPeace() throws Exception {
    FakeScheduler.Stream stream = connected();
    stream.say(first(1));
    assertThat(result(stream).getTokens(0).getTokenId())
        .isEqualTo(HashModelRunner.expected(new int[] {9}, 1, 90)[0]);
    awaitState(link, LinkState.SERVING);
    link.close();
    assertThat(end.join()).isEqualTo(new LinkEnd.Closed());
    assertThat(stream.ended.take()).isEqualTo("completed");
    assertThat(engine.requestCount()).isZero();
  }

  @Test
  void answersAPlanThatDoesNotFit() throws Exception {
    FakeScheduler.Stream stream = connected();
    stream.say(next(1));
    assertThat(result(stream).getFailure())
        .isEqualTo("invalid plan: slot 0: scheduled: slot holds no request");
    stream.say(first(2));
    assertThat(result(stream).getFailure()).isEmpty();
  }

  @Test
  void forgetsItsRequestsWhenTheStreamEnds() throws Exception {
    FakeScheduler.Stream stream = connected();
    stream.say(first(1));
    result(stream);
    stream.refuse(Status.UNAVAILABLE.withDescription("restart"));
    FakeScheduler.Stream again = connected();
    again.say(next(1));
    assertThat(result(again).getFailure()).contains("slot 0: scheduled: slot holds no request");
  }

  @Test
  void dropsAStreamThatBreaksTheProtocolAndReturns() throws Exception {
    dropped(stream -> stream.welcome(2));
    dropped(stream -> stream.say(first(1)));
    dropped(stream -> stream.welcome(1).welcome(1));
    dropped(stream -> stream.say(SchedulerMessage.getDefaultInstance()));
    dropped(stream -> stream.welcome(1).say(first(1)).say(next(3)));
    dropped(stream -> stream.welcome(1).say(first(0)));
    dropped(stream -> stream.welcome(1).say(first(1).addReleasedSlots(-1)));
    connected().say(first(1));
  }

  @Test
  void keepsTryingAfterPassingTrouble() throws Exception {
    scheduler.streams.take().refuse(Status.UNAVAILABLE);
    scheduler.streams.take().refuse(Status.INTERNAL);
    scheduler.streams.take().refuse(Status.UNKNOWN.withDescription("?"));
    connected();
  }

  @Test
  void givesUpWhenRefusedForGood() throws Exception {
    scheduler.streams.take().refuse(Status.FAILED_PRECONDITION.withDescription("other weights"));
    assertThat(end.join())
        .isEqualTo(new LinkEnd.Refused(target() + ": FAILED_PRECONDITION: other weights"));
  }

  @Test
  void givesUpWhenThePlaceStaysTaken() throws Exception {
    Status taken = Status.ALREADY_EXISTS.withDescription("worker a is connected already");
    int tries = 0;
    while (!end.isDone()) {
      FakeScheduler.Stream stream = scheduler.streams.poll(10, TimeUnit.MILLISECONDS);
      if (stream != null) {
        stream.refuse(taken);
        tries++;
      }
    }
    assertThat(tries).isGreaterThan(2);
    assertThat(end.join())
        .isEqualTo(
            new LinkEnd.Refused(target() + ": ALREADY_EXISTS: worker a is connected already"));
  }

  @Test
  void doesNotWaitForEverForAWelcome() throws Exception {
    SchedulerLink hasty = new SchedulerLink(config(Duration.ofMillis(30)), engine, new Random(7));
    scheduler.streams.take();
    link.close();
    run(hasty, new CompletableFuture<>());
    scheduler.streams.take();
    scheduler.streams.take();
    hasty.close();
  }

  private FakeScheduler.Stream connected() throws InterruptedException {
    FakeScheduler.Stream stream = scheduler.streams.take();
    assertThat(stream.heard.take().getHello().getWorkerId()).isEqualTo("w");
    return stream.welcome(1);
  }

  private void dropped(Consumer<FakeScheduler.Stream> offence) throws InterruptedException {
    FakeScheduler.Stream stream = scheduler.streams.take();
    offence.accept(stream);
    assertThat(stream.ended.take()).isEqualTo("completed");
  }

  private static StepResult result(FakeScheduler.Stream stream) throws InterruptedException {
    return stream.heard.take().getStepResult();
  }

  private String target() {
    return "scheduler 127.0.0.1:" + scheduler.port();
  }

  private static StepPlan.Builder first(long stepId) {
    return StepPlan.newBuilder()
        .setStepId(stepId)
        .addNewRequests(
            NewRequest.newBuilder()
                .addTokenIds(9)
                .setPromptTokens(1)
                .setSampling(WorkerSampling.newBuilder().setTopP(1).setRepetitionPenalty(1)))
        .addScheduled(
            ScheduledRequest.newBuilder().setTokenCount(1).addNewBlockIds(3).setSample(true));
  }

  private static StepPlan.Builder next(long stepId) {
    return StepPlan.newBuilder()
        .setStepId(stepId)
        .addScheduled(
            ScheduledRequest.newBuilder().setComputedTokens(1).setTokenCount(1).setSample(true));
  }

  /* The other side may know before the link does. */
  private static void awaitState(SchedulerLink link, LinkState wanted) {
    while (link.state() != wanted) {
      Thread.onSpinWait();
    }
  }
}
