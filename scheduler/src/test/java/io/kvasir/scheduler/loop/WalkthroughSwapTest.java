package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.loop.SchedulerStatus.BlockCounts;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every number in docs/walkthrough-swap.md. */
class WalkthroughSwapTest {
  private static final int VOCABULARY = 100;
  private static final int[] FIRST = {10, 11, 12, 13, 14, 15, 16};
  private static final int[] SECOND = {20, 21, 22, 23, 24};
  private static final int[] THIRD = {30, 31, 32, 33, 34, 35, 36};

  private final TestTiers tiers =
      new TestTiers(
          List.of(TestTiers.spec(TierKind.DRAM, 16, false, true, 1_000_000_000)),
          new SplittableRandom(1),
          false);

  private int turn;

  @Test
  void theNumbersOfTheWalkthroughHold() {
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(16, 4, 8)
            .policy(PolicyKind.PRIORITY)
            .maxPlansInFlight(1)
            .preemption(PreemptionMode.SWAP)
            .build();
    HashRunnerConfig worker = new HashRunnerConfig(VOCABULARY, 64, 4, 7, 64);
    try (CoreHarness harness = new CoreHarness(config, worker, 4, tiers)) {
      submit(harness, "first", 1, FIRST, 12);
      RecordedRequest second = submit(harness, "second", 0, SECOND, 18);
      swapOut(harness);
      swapIn(harness);
      submit(harness, "third", 1, THIRD, 10);
      swapOutAgain(harness);
      swapInAgain(harness);
      harness.runUntilIdle(100);
      assertThat(second.tokens()).isEqualTo(HashModelRunner.expected(SECOND, 18, VOCABULARY));
      assertThat(second.end().timing().preemptions()).isEqualTo(2);
      assertThat(second.end().timing().recomputedTokens()).isZero();
    }
  }

  private void swapOut(CoreHarness harness) {
    runTo(harness, 9);
    assertPool(harness, 0, 7, 0, 0);
    assertTier(harness, 0, 0);
    StepPlan ten = next(harness);
    assertThat(ten.releasedSlots()).containsExactly(1);
    assertThat(ten.scheduled()).hasSize(1);
    assertScheduled(ten.scheduled().getFirst(), 0, 15, 1);
    CopyJob out = onlyCopy(ten);
    assertJob(out, 1, CopyKind.STORE, CopyUrgency.SWAP_OUT, "1859 1fa4 8939");
    assertThat(out.blocks()).containsExactly(4, 5, 6);
    assertThat(out.slots()).containsExactly(0, 1, 2);
    assertThat(out.generations()).containsExactly(1, 2, 3);
    assertThat(out.tokens()).containsExactly(4, 4, 4);
    assertPool(harness, 0, 4, 0, 3);
    assertTier(harness, 0, 3);
    copyAll(harness);
    assertPool(harness, 0, 4, 3, 0);
    assertTier(harness, 3, 0);
    StepPlan eleven = next(harness);
    assertScheduled(eleven.scheduled().getFirst(), 0, 16, 1, 4);
    assertPool(harness, 0, 5, 2, 0);
    next(harness);
    assertPool(harness, 1, 0, 6, 0);
  }

  private void swapIn(CoreHarness harness) {
    StepPlan thirteen = next(harness);
    assertThat(thirteen.releasedSlots()).containsExactly(0);
    assertThat(thirteen.scheduled()).isEmpty();
    CopyJob in = thirteen.copies().getFirst();
    assertJob(in, 2, CopyKind.LOAD, CopyUrgency.RESTORE, "1859 1fa4 8939");
    assertThat(in.blocks()).containsExactly(3, 4, 5);
    assertThat(in.slots()).containsExactly(0, 1, 2);
    assertThat(in.generations()).containsExactly(1, 2, 3);
    CopyJob down = thirteen.copies().getLast();
    assertJob(down, 3, CopyKind.STORE, CopyUrgency.BACKGROUND, "9296 2943 8f2b");
    assertThat(down.blocks()).containsExactly(0, 1, 2);
    assertThat(down.slots()).containsExactly(3, 4, 5);
    assertThat(down.generations()).containsExactly(4, 5, 6);
    assertPool(harness, 0, 4, 0, 3);
    assertTier(harness, 0, 6);
    assertThat(harness.plan()).as("nothing to plan while it is loaded").isFalse();
    turn++;
    copyAll(harness);
    assertPool(harness, 0, 4, 3, 0);
    assertTier(harness, 6, 0);
    StepPlan fifteen = next(harness);
    assertThat(fifteen.stepId()).isEqualTo(14);
    NewRequest known = fifteen.newRequests().getFirst();
    assertThat(known.tokenIds()).hasSize(13);
    assertThat(known.blockIds()).isEmpty();
    assertScheduled(fifteen.scheduled().getFirst(), 0, 12, 1, 3, 4, 5, 6);
  }

  private void swapOutAgain(CoreHarness harness) {
    StepPlan sixteen = next(harness);
    assertScheduled(sixteen.scheduled().get(0), 0, 13, 1);
    assertScheduled(sixteen.scheduled().get(1), 1, 0, 7, 0, 1);
    runTo(harness, 18);
    assertPool(harness, 0, 7, 0, 0);
    CopyJob out = onlyCopy(next(harness));
    assertJob(out, 4, CopyKind.STORE, CopyUrgency.SWAP_OUT, "be04");
    assertThat(out.blocks()).containsExactly(6);
    assertThat(out.slots()).containsExactly(6);
    assertThat(out.generations()).containsExactly(7);
    assertPool(harness, 0, 3, 3, 1);
    next(harness);
    copyAll(harness);
    assertTier(harness, 7, 0);
    StepPlan twentyTwo = runTo(harness, 22);
    assertScheduled(twentyTwo.scheduled().getFirst(), 1, 12, 1, 5);
  }

  private void swapInAgain(CoreHarness harness) {
    StepPlan twentySix = runTo(harness, 26);
    CopyJob in = twentySix.copies().getFirst();
    assertJob(in, 5, CopyKind.LOAD, CopyUrgency.RESTORE, "8939 be04");
    assertThat(in.blocks()).containsExactly(5, 6);
    assertThat(in.slots()).containsExactly(2, 6);
    assertThat(in.generations()).containsExactly(3, 7);
    copyAll(harness);
    StepPlan twentySeven = next(harness);
    assertThat(twentySeven.newRequests().getFirst().blockIds()).containsExactly(3, 4);
    assertScheduled(twentySeven.scheduled().getFirst(), 1, 16, 1, 5, 6, 2);
  }

  private static RecordedRequest submit(
      CoreHarness harness, String id, int priority, int[] prompt, int maxTokens) {
    return harness.submit(
        new RecordedRequest(Specs.PLAIN.priority(priority).request(id, prompt, maxTokens)));
  }

  /** One turn: a plan, which is executed. */
  private StepPlan next(CoreHarness harness) {
    turn++;
    assertThat(harness.plan()).as("turn %d", turn).isTrue();
    harness.execute();
    return harness.lastPlan();
  }

  private StepPlan runTo(CoreHarness harness, int last) {
    while (turn < last - 1) {
      next(harness);
    }
    return next(harness);
  }

  private static void copyAll(CoreHarness harness) {
    while (harness.copy()) {
      assertThat(harness.core.violations()).isEmpty();
    }
  }

  private static CopyJob onlyCopy(StepPlan plan) {
    assertThat(plan.copies()).hasSize(1);
    return plan.copies().getFirst();
  }

  private static void assertJob(
      CopyJob job, long id, CopyKind kind, CopyUrgency urgency, String hashes) {
    assertThat(job.jobId()).isEqualTo(id);
    assertThat(job.kind()).isEqualTo(kind);
    assertThat(job.urgency()).isEqualTo(urgency);
    List<String> beginnings =
        LongStream.of(job.hashHi()).mapToObj(hi -> "%016x".formatted(hi).substring(0, 4)).toList();
    assertThat(String.join(" ", beginnings)).isEqualTo(hashes);
  }

  private static void assertScheduled(
      ScheduledRequest request, int slot, int computed, int count, int... newBlockIds) {
    assertThat(request.slot()).isEqualTo(slot);
    assertThat(request.computedTokens()).isEqualTo(computed);
    assertThat(request.tokenCount()).isEqualTo(count);
    assertThat(request.newBlockIds()).isEqualTo(newBlockIds);
  }

  private static void assertPool(
      CoreHarness harness, int free, int owned, int cached, int inFlight) {
    assertThat(harness.status().blocks())
        .isEqualTo(new BlockCounts(free, owned, cached, inFlight, 7));
  }

  private static void assertTier(CoreHarness harness, int resident, int inFlight) {
    TierStatus tier = harness.status().tiers().getFirst();
    assertThat(tier.resident()).isEqualTo(resident);
    assertThat(tier.inFlight()).isEqualTo(inFlight);
  }
}
