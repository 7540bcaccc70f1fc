package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who of three growing requests loses its blocks when they run out. */
class VictimChoiceTest {
  private static final int VOCABULARY = 100;
  private static final int BLOCK_TOKENS = 4;
  private static final int STEPS = 200;

  /** Index of the first that is preempted. */
  private static int firstVictim(
      PolicyKind policy, int[] prompts, Consumer<CoreHarness> eachStep, TestTiers tiers) {
    int blocks = 9;
    for (int prompt : prompts) {
      blocks += prompt / BLOCK_TOKENS;
    }
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(100, 8, 512)
            .policy(policy)
            .preemption(PreemptionMode.AUTO)
            .build();
    HashRunnerConfig worker = new HashRunnerConfig(VOCABULARY, 400, BLOCK_TOKENS, blocks, 512);
    try (CoreHarness harness = new CoreHarness(config, worker, 8, tiers)) {
      for (int i = 0; i < prompts.length; i++) {
        int[] prompt = Specs.prompt(i, prompts[i], VOCABULARY);
        Specs specs = Specs.PLAIN.targets(100, 10).arrival(harness.now);
        harness.submit(new RecordedRequest(specs.request("request-" + i, prompt, 60)));
      }
      for (int step = 0; harness.watch.preemptions == 0; step++) {
        assertThat(step).isLessThan(STEPS);
        harness.plan();
        harness.execute();
        harness.now += 20_000_000;
        eachStep.accept(harness);
      }
      assertThat(harness.watch.admissionOrder).hasSize(prompts.length);
      int victim = 0;
      while (harness.requests.get(victim).parkings() == 0) {
        victim++;
      }
      harness.runUntilIdle(5000);
      return victim;
    }
  }

  private static TestTiers none() {
    return new TestTiers(List.of(), new SplittableRandom(1), false);
  }

  @Test
  void theCheapestToComputeAgainLosesItsBlocks() {
    int[] prompts = {8, 16, 80};
    assertThat(firstVictim(PolicyKind.VTC, prompts, harness -> {}, none())).isEqualTo(1);
    assertThat(firstVictim(PolicyKind.DLPM, prompts, harness -> {}, none())).isEqualTo(1);
  }

  @Test
  void whereTheOrderIsThePromiseTheLastDoes() {
    int[] prompts = {8, 16, 80};
    assertThat(firstVictim(PolicyKind.FCFS, prompts, harness -> {}, none())).isEqualTo(2);
    assertThat(firstVictim(PolicyKind.PRIORITY, prompts, harness -> {}, none())).isEqualTo(2);
  }

  @Test
  void amongEqualsTheLastDoes() {
    assertThat(firstVictim(PolicyKind.VTC, new int[] {8, 40, 40}, harness -> {}, none()))
        .isEqualTo(2);
  }

  /** All are late, and one client has more than it has read: it does not notice. */
  @Test
  void aClientWithOutputToReadIsParkedFirst() {
    int[] prompts = {8, 40, 40};
    Consumer<CoreHarness> reading = harness -> harness.requests.get(1).unread = 1000;
    assertThat(firstVictim(PolicyKind.VTC, prompts, reading, none())).isEqualTo(1);
  }

  /** Over a link as slow as this one, moving costs more than computing: nothing changes. */
  @Test
  void aSlowTierChangesNothing() {
    int[] prompts = {8, 16, 80};
    TestTiers slow =
        new TestTiers(
            List.of(TestTiers.spec(TierKind.DRAM, 200, false, true, 1_000)),
            new SplittableRandom(1),
            false);
    assertThat(firstVictim(PolicyKind.VTC, prompts, harness -> {}, slow)).isEqualTo(1);
  }

  /**
   * The head lacks more than twenty blocks and the one behind it, which was tried as well, two:
   * only the last of three that run has that many.
   */
  @Test
  void whoGivesWayIsChosenByWhatTheHeadLacksAndNotByWhatAnotherOneDoes() {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, 8, 512).policy(PolicyKind.FAIR_SLACK).build();
    HashRunnerConfig worker = new HashRunnerConfig(VOCABULARY, 400, BLOCK_TOKENS, 50, 512);
    try (CoreHarness harness = new CoreHarness(config, worker, 8, none())) {
      int[][] prompts = {{0, 41}, {0, 41}, {1, 120}};
      for (int[] prompt : prompts) {
        submit(harness, "flood", prompt[0], prompt[1]);
        harness.plan();
        harness.execute();
      }
      submit(harness, "first", 2, 100);
      submit(harness, "second", 3, 17);
      while (harness.watch.preemptions == 0) {
        harness.plan();
        harness.execute();
      }
      assertThat(harness.requests).extracting(RecordedRequest::parkings).startsWith(0, 0, 1);
      harness.runUntilIdle(5000);
    }
  }

  private static void submit(CoreHarness harness, String tenant, int start, int length) {
    String id = "request-" + harness.requests.size();
    int[] prompt = Specs.prompt(start, length, VOCABULARY);
    harness.submit(new RecordedRequest(Specs.PLAIN.tenant(tenant).request(id, prompt, 60)));
  }
}
