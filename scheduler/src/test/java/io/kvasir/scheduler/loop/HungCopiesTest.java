package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A tier that stops answering holds nobody up for longer than the patience that is configured. */
final class HungCopiesTest {
  private static final int VOCABULARY = 50;
  private static final int BLOCK_TOKENS = 4;

  private final SchedulerConfig config =
      SchedulerConfig.builder().limits(100, 8, 64).preemption(PreemptionMode.SWAP).build();
  private final TestTiers tiers =
      new TestTiers(
          List.of(TestTiers.spec(TierKind.SSD, 100, true, true, 1 << 30)),
          new SplittableRandom(1),
          false);

  private CoreHarness harness(int blocks) {
    return harness(config, blocks);
  }

  private CoreHarness harness(SchedulerConfig config, int blocks) {
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 200, BLOCK_TOKENS, blocks, 64), 8, tiers);
  }

  @Test
  void loadsThatDoNotEndAreComputedInstead() {
    int[] prompt = Specs.prompt(3, 30, VOCABULARY);
    try (CoreHarness harness = harness(20)) {
      harness.submit("first", prompt, 2);
      harness.runUntilIdle(100);
      assertThat(tiers.stored).isEqualTo(7);
      harness.loseWorker();
      harness.connect();

      RecordedRequest second = harness.submit("second", prompt, 2);
      step(harness, 5);
      assertThat(second.finished()).as("waits for its loads").isNull();
      assertThat(harness.core.nextWakeNanos()).isLessThanOrEqualTo(harness.now + patience());
      harness.now += patience();
      harness.expire();
      step(harness, 5);

      assertThat(second.end().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(second.tokens()).isEqualTo(harness.requests.getFirst().tokens());
      assertThat(harness.status().swaps().victims())
          .containsEntry(SwapDecision.RECOMPUTE_OVERDUE, 1L);
      assertThat(harness.status().blocks().inFlight()).as("still written to").isEqualTo(7);
      harness.runUntilIdle(100);
      assertThat(harness.status().blocks().inFlight()).isZero();
    }
  }

  @Test
  void swapOutsThatDoNotEndAreNotWaitedForByTheFirst() {
    try (CoreHarness harness = harness(24)) {
      RecordedRequest first = harness.submit("first", Specs.prompt(1, 12, VOCABULARY), 70);
      for (int i = 0; i < 3; i++) {
        harness.submit("other-" + i, Specs.prompt(10 + i, 12, VOCABULARY), 60);
      }
      int before = -1;
      while (first.tokens().length > before) {
        before = first.tokens().length;
        step(harness, 2);
      }
      int preempted = harness.watch.preemptions;
      assertThat(preempted).as("the first waits for a victim's blocks").isPositive();
      assertThat(first.finished()).isNull();

      harness.now += patience();
      step(harness, 2);
      assertThat(harness.watch.preemptions).as("another is preempted").isGreaterThan(preempted);
      harness.runUntilIdle(2000);
      assertThat(first.end().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  /** What somebody waited for long ago has come: that wait is not counted again. */
  @Test
  void patienceBeginsAnewWithEachWait() {
    SchedulerConfig three = config.toBuilder().limits(100, 3, 64).build();
    try (CoreHarness harness = harness(three, 24)) {
      for (int i = 0; i < 4; i++) {
        harness.submit("flood-" + i, Specs.prompt(10 * i, 12, VOCABULARY), 60);
      }
      while (harness.watch.preemptions == 0) {
        step(harness, 1);
      }
      copyAll(harness);
      harness.abort("flood-0");
      while (harness.status().runningRequests() < 3) {
        step(harness, 1);
        copyAll(harness);
      }
      assertThat(harness.watch.preemptions).isEqualTo(1);
      harness.now += patience();
      Specs modest = Specs.PLAIN.tenant("modest").arrival(harness.now);
      int[] prompt = Specs.prompt(90, 60, VOCABULARY);
      RecordedRequest waits = harness.submit(new RecordedRequest(modest.request("m", prompt, 4)));
      step(harness, 1);
      assertThat(harness.watch.preemptions)
          .as("one gives way to it, and it waits for the blocks of that one")
          .isEqualTo(2);
      assertThat(harness.status().blocks().inFlight()).isPositive();
      harness.runUntilIdle(3000);
      assertThat(waits.end().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void theLoopIsNotWokenForWhatItCannotActOn() {
    SchedulerConfig oneByOne = config.toBuilder().maxPlansInFlight(1).build();
    try (CoreHarness harness = harness(oneByOne, 24)) {
      for (int i = 0; i < 4; i++) {
        harness.submit("request-" + i, Specs.prompt(10 * i, 11 + i, VOCABULARY), 60);
      }
      for (int i = 0; harness.watch.preemptions == 0; i++) {
        assertThat(i).as("steps until blocks run out").isLessThan(200);
        step(harness, 1);
      }
      assertThat(harness.plan()).as("the others go on").isTrue();
      assertThat(harness.core.nextWakeNanos()).isGreaterThan(harness.now);
      harness.now += patience();
      harness.expire();
      assertThat(harness.plan()).as("while the plan is in flight").isFalse();
      assertThat(harness.core.nextWakeNanos()).isGreaterThan(harness.now);
      harness.runUntilIdle(2000);
    }
  }

  private long patience() {
    return TimeUnit.MILLISECONDS.toNanos(config.copyPatienceMillis());
  }

  private static void copyAll(CoreHarness harness) {
    boolean copied = true;
    while (copied) {
      copied = harness.copy();
    }
  }

  /** Plans and executes without carrying out a copy. */
  private static void step(CoreHarness harness, int steps) {
    for (int i = 0; i < steps; i++) {
      harness.plan();
      harness.execute();
    }
  }
}
