package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.loop.TestTiers.Hash;
import io.kvasir.scheduler.loop.TestTiers.Stored;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Blocks that another instance left on a shared server are asked for, found, and not waited for.
 */
class SharedBlocksTest {
  private static final int VOCABULARY = 50;
  private static final int BLOCK_TOKENS = 4;
  private static final int[] PROMPT = Specs.prompt(3, 33, VOCABULARY);
  private static final TierSpec REMOTE = TestTiers.spec(TierKind.REMOTE, 40, true, true, 1L << 30);
  private static final HashRunnerConfig WORKER =
      new HashRunnerConfig(VOCABULARY, 200, BLOCK_TOKENS, 60, 64);

  private final Map<Hash, Stored> server = new HashMap<>();
  private final SchedulerConfig config = SchedulerConfig.builder().limits(100, 8, 64).build();
  private final TestTiers tiers = tiers();

  private TestTiers tiers() {
    return new TestTiers(List.of(REMOTE), new SplittableRandom(1), false, server);
  }

  /** Another instance serves the prompt. */
  private int[] serveElsewhere() {
    try (CoreHarness other = new CoreHarness(config, WORKER, 8, tiers())) {
      RecordedRequest request = other.submit("other", PROMPT, 2);
      other.runUntilIdle(100);
      return request.tokens();
    }
  }

  @Test
  void whatAnotherInstanceStoredIsLoaded() {
    int[] answer = serveElsewhere();
    try (CoreHarness harness = new CoreHarness(config, WORKER, 8, tiers)) {
      RecordedRequest request = harness.submit("mine", PROMPT, 2);
      harness.runUntilIdle(100);
      assertThat(request.tokens()).isEqualTo(answer);
      assertThat(request.end().cachedTokens()).isEqualTo(32);
      RestoreStatus restores = harness.status().swaps().restores();
      assertThat(restores.probes()).isEqualTo(1);
      assertThat(restores.probedBlocks()).isEqualTo(8);

      harness.submit("again", PROMPT, 2);
      harness.runUntilIdle(100);
      assertThat(harness.status().swaps().restores().probes()).as("known here").isEqualTo(1);
    }
  }

  @Test
  void equalQuestionsAreAskedOnce() {
    serveElsewhere();
    try (CoreHarness harness = new CoreHarness(config, WORKER, 8, tiers)) {
      for (int i = 0; i < 6; i++) {
        harness.submit("equal-" + i, PROMPT, 2);
      }
      harness.runUntilIdle(200);
      assertThat(harness.status().swaps().restores().probes()).isEqualTo(1);
      assertThat(harness.requests).allMatch(request -> request.end().cachedTokens() == 32);
    }
  }

  @Test
  void aLateAnswerIsWaitedForNoLongerThanStated() {
    serveElsewhere();
    try (CoreHarness harness = new CoreHarness(config, WORKER, 8, tiers)) {
      RecordedRequest request = harness.submit("impatient", PROMPT, 2);
      assertThat(harness.plan()).isTrue();
      assertThat(harness.lastPlan().scheduled()).as("waits").isEmpty();
      assertThat(harness.lastPlan().copies()).extracting(CopyJob::kind).contains(CopyKind.PROBE);
      harness.execute();
      long wait = TimeUnit.MILLISECONDS.toNanos(config.probeWaitMillis());
      assertThat(harness.core.nextWakeNanos()).isEqualTo(harness.now + wait);
      harness.now += wait;
      assertThat(harness.plan()).isTrue();
      assertThat(harness.lastPlan().scheduled()).hasSize(1);
      RecordedRequest next = harness.submit("next", Specs.prompt(9, 33, VOCABULARY), 2);
      assertThat(harness.plan()).isTrue();
      assertThat(harness.lastPlan().scheduled()).as("does not wait at all").hasSize(2);
      harness.runUntilIdle(200);
      assertThat(request.end().cachedTokens()).isZero();
      assertThat(next.end().cachedTokens()).isZero();
      assertThat(harness.status().swaps().restores().probeTimeouts()).isEqualTo(1);
      assertThat(harness.status().swaps().restores().probes()).isEqualTo(1);
    }
  }

  @Test
  void theLoopIsNotWokenForAnAnswerBeforeThePlanIsDue() {
    try (CoreHarness harness = new CoreHarness(config, WORKER, 8, tiers)) {
      harness.nanosPerToken = TimeUnit.MILLISECONDS.toNanos(200);
      harness.submit("busy", Specs.prompt(1, 3, VOCABULARY), 20);
      for (int i = 0; i < 4; i++) {
        harness.plan();
        harness.now += harness.nanosPerToken * harness.lastPlan().tokenCount();
        harness.execute();
      }
      harness.submit("mine", PROMPT, 2);
      assertThat(harness.plan()).isTrue();
      assertThat(harness.lastPlan().copies()).extracting(CopyJob::kind).contains(CopyKind.PROBE);
      assertThat(harness.plan()).as("the step under way takes long").isFalse();
      harness.now += TimeUnit.MILLISECONDS.toNanos(config.probeWaitMillis());
      harness.expire();
      assertThat(harness.plan()).as("still").isFalse();
      assertThat(harness.core.nextWakeNanos()).isGreaterThan(harness.now);
      harness.now = harness.core.nextWakeNanos();
      assertThat(harness.plan()).as("the answer is late").isTrue();
      harness.runUntilIdle(200);
    }
  }

  @Test
  void zeroDoesNotAsk() {
    serveElsewhere();
    SchedulerConfig off = SchedulerConfig.builder().limits(100, 8, 64).probeWaitMillis(0).build();
    try (CoreHarness harness = new CoreHarness(off, WORKER, 8, tiers)) {
      RecordedRequest request = harness.submit("mine", PROMPT, 2);
      harness.runUntilIdle(100);
      assertThat(request.end().cachedTokens()).isZero();
      assertThat(harness.status().swaps().restores()).isEqualTo(RestoreStatus.NONE);
    }
  }

  @Test
  void loadsOfARequestThatEndsAreCancelledWhateverTheirState() {
    serveElsewhere();
    SchedulerConfig parts = SchedulerConfig.builder().limits(100, 8, 64).loadPartBlocks(2).build();
    // Parts that have ended when the request does: none, some, all.
    for (int ended = 0; ended <= 4; ended++) {
      TestTiers mine = tiers();
      try (CoreHarness harness = new CoreHarness(parts, WORKER, 8, mine)) {
        harness.submit("mine", PROMPT, 2);
        harness.plan();
        harness.copy();
        harness.execute();
        harness.plan();
        assertThat(harness.lastPlan().copies()).hasSize(4);
        harness.execute();
        for (int i = 0; i < ended; i++) {
          assertThat(harness.copy()).isTrue();
        }
        harness.abort("mine");
        boolean planned = harness.plan();
        StepPlan last = harness.lastPlan();
        assertThat(planned ? last.cancelledJobs().length : 0).isEqualTo(4 - ended);
        harness.runUntilIdle(100);
        SchedulerStatus.BlockCounts blocks = harness.status().blocks();
        assertThat(blocks.inFlight()).isZero();
        assertThat(blocks.free() + blocks.cached()).isEqualTo(blocks.total());
      }
    }
  }
}
