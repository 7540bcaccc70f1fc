package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the tiers hold of a request is loaded while it waits, and holds nobody up. */
class PrefetchBeforeTurnTest {
  private static final int VOCABULARY = 100;
  private static final int BLOCK_TOKENS = 4;
  private static final int[] PROMPT = Specs.prompt(1, 41, VOCABULARY);

  private final TestTiers tiers =
      new TestTiers(
          List.of(TestTiers.spec(TierKind.DRAM, 200, false, true, 1L << 33)),
          new SplittableRandom(1),
          false);

  private CoreHarness harness(int blocks, int slots) {
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(100, slots, 64)
            .policy(PolicyKind.FCFS)
            .preemption(PreemptionMode.SWAP)
            .build();
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 400, BLOCK_TOKENS, blocks, 64), slots, tiers);
  }

  private static void step(CoreHarness harness) {
    harness.plan();
    harness.execute();
    harness.now += 1_000_000;
  }

  private static void copyAll(CoreHarness harness) {
    boolean copied = true;
    while (copied) {
      copied = harness.copy();
    }
  }

  /** A prompt's KV is in the tier only: others have used the arena since. */
  private void leaveInTier(CoreHarness harness) {
    harness.submit("earlier", PROMPT, 2);
    harness.runUntilIdle(100);
    harness.submit("large", Specs.prompt(2, 160, VOCABULARY), 30);
    harness.runUntilIdle(200);
    assertThat(tiers.stored).isGreaterThanOrEqualTo(10);
  }

  private static List<CopyJob> prefetches(CoreHarness harness) {
    return harness.executed.stream()
        .flatMap(plan -> plan.copies().stream())
        .filter(job -> job.urgency() == CopyUrgency.PREFETCH && job.kind() == CopyKind.LOAD)
        .toList();
  }

  @Test
  void aWaitingRequestFindsItsPrefixInTheArenaWhenItsTurnComes() {
    try (CoreHarness harness = harness(48, 1)) {
      leaveInTier(harness);
      harness.submit("runs", Specs.prompt(3, 8, VOCABULARY), 30);
      RecordedRequest waits = harness.submit("waits", PROMPT, 4);
      for (int i = 0; i < 20; i++) {
        step(harness);
        copyAll(harness);
      }
      assertThat(waits.tokens()).as("its turn has not come").isEmpty();
      assertThat(harness.status().swaps().restores().prefetchedBlocks()).isEqualTo(10);
      assertThat(prefetches(harness)).hasSizeBetween(2, 10);
      harness.runUntilIdle(200);

      assertThat(waits.tokens()).isEqualTo(HashModelRunner.expected(PROMPT, 4, VOCABULARY));
      assertThat(waits.end().cachedTokens()).isEqualTo(40);
      assertThat(harness.status().swaps().restores().prefetchHits()).isEqualTo(10);
      assertThat(harness.status().swaps().restoredTokens()).as("left to the restore").isZero();
    }
  }

  /** Each block is loaded ahead once; what others evict again is left to the restore. */
  @Test
  void whatDoesNotArriveIsNotAskedForAgain() {
    try (CoreHarness harness = harness(48, 1)) {
      leaveInTier(harness);
      harness.submit("runs", Specs.prompt(3, 8, VOCABULARY), 30);
      RecordedRequest waits = harness.submit("waits", PROMPT, 4);
      for (int i = 0; i < 20; i++) {
        step(harness);
      }
      assertThat(prefetches(harness)).as("the first part is under way").hasSize(1);
      harness.runUntilIdle(200);
      assertThat(waits.tokens()).isEqualTo(HashModelRunner.expected(PROMPT, 4, VOCABULARY));
    }
  }

  /** The blocks by which the running ones may grow are not lent to loads. */
  @Test
  void nothingIsLoadedIntoWhatTheRunningOnesNeed() {
    try (CoreHarness harness = harness(48, 2)) {
      leaveInTier(harness);
      harness.submit("runs", Specs.prompt(3, 180, VOCABULARY), 8);
      harness.submit("waits", PROMPT, 4);
      while (harness.requests.get(2).tokens().length < 4) {
        step(harness);
        assertThat(harness.status().blocks().inFlight()).isLessThanOrEqualTo(48 / 8);
      }
      assertThat(harness.watch.preemptions).isZero();
      harness.runUntilIdle(200);
    }
  }

  /** While a restore's copies hang, who runs is in every step. */
  @Test
  void aRestoreNeverBlocksTheStep() {
    try (CoreHarness harness = harness(64, 2)) {
      leaveInTier(harness);
      RecordedRequest runs = harness.submit("runs", Specs.prompt(3, 8, VOCABULARY), 100);
      while (runs.tokens().length == 0) {
        step(harness);
      }
      RecordedRequest restored = harness.submit("restored", PROMPT, 4);
      for (int i = 0; i < 30; i++) {
        int before = runs.tokens().length;
        step(harness);
        assertThat(runs.tokens()).as("step %d", i).hasSize(before + 1);
      }
      assertThat(harness.core.copiesInFlight()).as("none has arrived").isPositive();
      harness.runUntilIdle(500);
      assertThat(restored.tokens()).isEqualTo(HashModelRunner.expected(PROMPT, 4, VOCABULARY));
    }
  }
}
