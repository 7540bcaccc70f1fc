package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequests;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the core promises, one sentence per test. */
class SchedulerCoreTest {
  private static final int VOCABULARY = 50;
  private static final HashRunnerConfig WORKER = new HashRunnerConfig(VOCABULARY, 128, 4, 64, 512);

  private final CoreHarness harness = new CoreHarness(SchedulerConfig.DEFAULT, WORKER, 8);

  @AfterEach
  void close() {
    harness.close();
  }

  private static int[] prompt(int start, int length) {
    return Specs.prompt(start, length, VOCABULARY);
  }

  private void step() {
    harness.plan();
    harness.execute();
  }

  @Test
  void theNextStepIsPlannedBeforeTheTokenOfThisOneIsKnown() {
    harness.submit("request", prompt(1, 6), 10);
    StepPlan first = planned();
    StepPlan second = planned();
    assertScheduled(first, 0, 6);
    assertScheduled(second, 6, 1);
    assertThat(second.scheduled().newBlockCount(0)).isZero();
    assertThat(harness.plan()).as("a third plan").isFalse();
  }

  private StepPlan planned() {
    StepPlan plan = harness.core.plan(harness.now);
    if (plan == null) {
      throw new AssertionError("nothing to plan");
    }
    return plan;
  }

  /* The request in slot 0, and its next token is sampled. */
  private static void assertScheduled(StepPlan plan, int from, int count) {
    ScheduledRequests scheduled = plan.scheduled();
    assertThat(scheduled).hasSize(1);
    assertThat(scheduled.slot(0)).isZero();
    assertThat(scheduled.computedTokens(0)).isEqualTo(from);
    assertThat(scheduled.tokenCount(0)).isEqualTo(count);
    assertThat(scheduled.sample(0)).isTrue();
  }

  @Test
  void aPlanIsFilledAgainOnceItsResultWasApplied() {
    harness.submit("request", prompt(1, 6), 10);
    StepPlan first = planned();
    StepPlan kept = first.copy();
    StepPlan second = planned();
    assertThat(second).isNotSameAs(first);
    assertScheduled(first, 0, 6);
    harness.core.apply(new StepResult(1, List.of(new SampledToken(0, 7, List.of())), 0, ""), 0);
    assertThat(planned()).as("the third").isSameAs(first);
    assertScheduled(first, 7, 1);
    assertScheduled(kept, 0, 6);
    assertThat(kept.stepId()).isEqualTo(1);
  }

  @Test
  void nothingIsPlannedBeyondTheTokenLimit() {
    RecordedRequest request = harness.submit("request", prompt(1, 6), 1);
    harness.plan();
    assertThat(harness.plan()).isFalse();
    harness.execute();
    assertThat(request.end().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(harness.executed.getFirst().scheduled().getFirst().newBlockIds()).hasSize(2);
  }

  @Test
  void whatEndsIsReleasedByTheFollowingPlan() {
    harness.submit("request", prompt(1, 6), 10);
    step();
    harness.abort("request");
    harness.plan();
    harness.execute();
    StepPlan last = harness.executed.getLast();
    assertThat(last.scheduled()).isEmpty();
    assertThat(last.releasedSlots()).containsExactly(0);
    assertThat(harness.status().blocks().owned()).isZero();
  }

  @Test
  void theSecondOfTwoWithACommonPrefixSharesItsBlocks() {
    harness.submit("first", prompt(1, 20), 3);
    harness.runUntilIdle(100);
    RecordedRequest second = harness.submit("second", prompt(1, 20), 3);
    Specs stranger = Specs.PLAIN.tenant("stranger");
    RecordedRequest third =
        harness.submit(new RecordedRequest(stranger.request("third", prompt(1, 20), 3)));
    harness.runUntilIdle(100);
    assertThat(second.end().cachedTokens()).isEqualTo(16);
    assertThat(third.end().cachedTokens()).isZero();
    assertThat(second.tokens()).isEqualTo(third.tokens());
  }

  @Test
  void blocksAreSharedOnlyAfterTheirResultWasApplied() {
    harness.submit("first", prompt(1, 20), 3);
    harness.plan();
    RecordedRequest second = harness.submit("second", prompt(1, 20), 3);
    harness.runUntilIdle(100);
    assertThat(second.end().cachedTokens()).isZero();
  }

  @Test
  void aMissedDeadlineEndsARequestWhereverItIs() {
    Specs specs = Specs.PLAIN.deadline(100);
    RecordedRequest running =
        harness.submit(new RecordedRequest(specs.request("running", prompt(1, 6), 50)));
    step();
    RecordedRequest waiting =
        harness.submit(new RecordedRequest(specs.request("waiting", prompt(2, 6), 50)));
    assertThat(harness.core.nextWakeNanos()).isEqualTo(100);
    harness.now = 99;
    harness.expire();
    assertThat(running.finished()).isNull();
    harness.now = 100;
    harness.expire();
    assertThat(running.end().reason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(waiting.end().reason()).isEqualTo(FinishReason.DEADLINE);
    assertThat(running.end().completionTokens()).isEqualTo(1);
    harness.runUntilIdle(10);
  }

  @Test
  void requestsGoOnIdenticallyWhenTheWorkerReturns() {
    RecordedRequest request = harness.submit("request", prompt(1, 6), 10);
    step();
    step();
    harness.loseWorker();
    assertThat(harness.status().preemptedRequests()).isEqualTo(1);
    harness.runUntilIdle(100);
    assertThat(request.tokens()).isEqualTo(HashModelRunner.expected(prompt(1, 6), 10, VOCABULARY));
    assertThat(request.end().timing().preemptions()).isZero();
    assertThat(request.end().timing().recomputedTokens()).isEqualTo(7);
  }

  @Test
  void requestsEndWhenNoWorkerReturns() {
    RecordedRequest request = harness.submit("request", prompt(1, 6), 10);
    step();
    harness.loseWorker();
    harness.now += TimeUnit.MILLISECONDS.toNanos(SchedulerConfig.DEFAULT.workerGraceMillis()) - 1;
    harness.expire();
    assertThat(request.finished()).isNull();
    harness.now++;
    harness.expire();
    assertThat(request.end().reason()).isEqualTo(FinishReason.ERROR);
    assertThat(request.end().error()).extracting("code").isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void aFailedStepEndsItsRequestsAndNoOthers() {
    RecordedRequest failing = harness.submit("failing", prompt(1, 6), 10);
    harness.plan();
    RecordedRequest innocent = harness.submit("innocent", prompt(2, 6), 10);
    harness.plan();
    harness.failNextStep();
    harness.execute();
    assertThat(failing.end().reason()).isEqualTo(FinishReason.ERROR);
    assertThat(failing.end().error()).extracting("code").isEqualTo(Code.INTERNAL);
    harness.runUntilIdle(100);
    assertThat(innocent.tokens()).isEqualTo(HashModelRunner.expected(prompt(2, 6), 10, VOCABULARY));
  }

  @Test
  void aResultThatAnswersNothingIsRefusedAndChangesNothing() {
    harness.submit("request", prompt(1, 6), 10);
    harness.plan();
    for (StepResult wrong :
        List.of(
            new StepResult(2, List.of(), 0, ""),
            new StepResult(1, List.of(), 0, ""),
            new StepResult(7, List.of(), 0, "failed"))) {
      assertThatThrownBy(() -> harness.core.apply(wrong, 0))
          .isInstanceOf(WorkerProtocolException.class);
    }
    harness.runUntilIdle(100);
  }

  @Test
  void aPreemptedRequestWaitsForItsSampleInFlight() {
    HashRunnerConfig small = new HashRunnerConfig(VOCABULARY, 32, 4, 6, 512);
    try (CoreHarness tight = new CoreHarness(SchedulerConfig.DEFAULT, small, 8)) {
      tight.submit("first", prompt(1, 7), 16);
      RecordedRequest second = tight.submit("second", prompt(2, 7), 16);
      while (tight.watch.preemptions == 0) {
        tight.plan();
        tight.plan();
        if (tight.watch.preemptions == 0) {
          tight.execute();
        }
      }
      int known = second.tokens().length;
      tight.execute();
      assertThat(second.tokens()).as("the sample in flight counts").hasSize(known + 1);
      tight.runUntilIdle(200);
      assertThat(second.tokens()).isEqualTo(HashModelRunner.expected(prompt(2, 7), 16, VOCABULARY));
    }
  }

  @Test
  void aWorkerThatDoesNotAnswerIsNoticed() {
    harness.submit("request", prompt(1, 6), 10);
    harness.plan();
    long bound = TimeUnit.MILLISECONDS.toNanos(SchedulerConfig.DEFAULT.stuckMillis());
    assertThat(harness.core.observeProgress(harness.now)).isFalse();
    assertThat(harness.core.nextWakeNanos()).isEqualTo(harness.now + bound);
    harness.now += bound;
    assertThat(harness.core.observeProgress(harness.now)).isTrue();
    assertThat(harness.core.observeProgress(harness.now)).as("once").isFalse();
    assertThat(harness.status().healthy()).isFalse();
    assertThat(harness.status().health()).contains("stuck", "1 requests running");
    harness.execute();
    assertThat(harness.core.observeProgress(harness.now)).isFalse();
    assertThat(harness.status().health()).isEqualTo(SchedulerStatus.SERVING);
    harness.runUntilIdle(100);
  }

  @Test
  void aSmallerWorkerEndsWhatItCannotServe() {
    SchedulerCore core =
        new SchedulerCore(
            SchedulerConfig.DEFAULT, new Tenants(), SchedulerEvents.NONE, CacheSecret.NONE);
    RecordedRequest large = new RecordedRequest(Specs.PLAIN.request("large", prompt(1, 100), 20));
    core.submit(large.spec(), large, large, 0);
    try (CoreHarness small =
        new CoreHarness(
            SchedulerConfig.DEFAULT, new HashRunnerConfig(VOCABULARY, 128, 4, 8, 512), 2)) {
      core.workerConnected(small.info(), 0);
    }
    assertThat(large.end().error()).extracting("code").isEqualTo(Code.UNAVAILABLE);
    assertThat(core.requestCount()).isZero();
  }

  /** The gate let it in for a worker that has been replaced since. */
  @Test
  void aRequestThatComesTooLateForALargerWorkerEnds() {
    RecordedRequest large = harness.submit("large", prompt(1, 300), 20);
    assertThat(large.end().error()).extracting("code").isEqualTo(Code.UNAVAILABLE);
    RecordedRequest small = harness.submit("small", prompt(1, 6), 2);
    harness.runUntilIdle(10);
    assertThat(small.end().reason()).isEqualTo(FinishReason.LENGTH);
  }
}
