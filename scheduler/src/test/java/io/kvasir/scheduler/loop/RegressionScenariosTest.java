package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import org.junit.jupiter.api.Test;

/** What users of other schedulers suffered from, each as one scenario. */
class RegressionScenariosTest {
  private static final int VOCABULARY = 100;
  private static final int BLOCK_TOKENS = 4;

  private static CoreHarness harness(int blocks, int stepTokens, PolicyKind policy) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(1000, 16, stepTokens).policy(policy).build();
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 1000, BLOCK_TOKENS, blocks, 512), 16);
  }

  private static int[] prompt(int start, int length) {
    return Specs.prompt(start, length, VOCABULARY);
  }

  /** Admit a chunk, preempt it in the next step for lack of room, again and again. */
  @Test
  void aPromptIsNotAdmittedOnlyToBePreempted() {
    try (CoreHarness harness = harness(40, 8, PolicyKind.FCFS)) {
      for (int i = 0; i < 4; i++) {
        harness.submit("growing-" + i, prompt(i, 4), 60);
      }
      // 25 blocks in 13 chunks; the four before it may need 60 together.
      harness.submit("long", prompt(9, 100), 4);
      harness.runUntilIdle(1000);

      assertThat(harness.watch.fruitlessAdmissions).isZero();
      assertThat(harness.requests.getLast().end().timing().preemptions()).isLessThanOrEqualTo(1);
      long recomputed =
          harness.requests.stream().mapToLong(r -> r.end().timing().recomputedTokens()).sum();
      assertThat(recomputed).isLessThan(200);
    }
  }

  /** A preempted request goes to the end of the queue and waits behind everyone who came later. */
  @Test
  void aPreemptedRequestKeepsItsPlace() {
    try (CoreHarness harness = harness(12, 64, PolicyKind.FCFS)) {
      harness.submit("first", prompt(1, 8), 30);
      harness.submit("second", prompt(2, 8), 30);
      while (harness.watch.preemptions == 0) {
        harness.plan();
        harness.execute();
      }
      harness.submit("third", prompt(3, 4), 2);
      harness.runUntilIdle(1000);

      assertThat(harness.watch.admissionOrder)
          .startsWith("first", "second", "second")
          .endsWith("third");
      assertThat(harness.requests.get(1).end().timing().preemptions()).isPositive();
      assertThat(harness.requests.get(0).end().timing().preemptions()).isZero();
    }
  }

  /** Short requests keep coming, always fit, and the long one waits for ever. */
  @Test
  void aLongPromptIsNotOvertakenByShortOnes() {
    try (CoreHarness harness = harness(16, 16, PolicyKind.FCFS)) {
      int shorts = 0;
      for (int i = 0; i < 4; i++) {
        harness.submit("short-" + shorts++, prompt(i, 8), 8);
      }
      RecordedRequest longOne = harness.submit("long", prompt(50, 56), 4);
      int steps = 0;
      while (longOne.finished() == null) {
        harness.submit("short-" + shorts, prompt(shorts++, 8), 8);
        harness.plan();
        harness.execute();
        assertThat(steps++).isLessThan(60);
      }
      assertThat(longOne.end().reason()).isEqualTo(FinishReason.LENGTH);
      harness.runUntilIdle(5000);
    }
  }

  /** More decodes than a step has room for, and a long prompt before them in the order. */
  @Test
  void decodesDoNotStarveThePromptBeforeThem() {
    try (CoreHarness harness = harness(200, 4, PolicyKind.PRIORITY)) {
      for (int i = 0; i < 8; i++) {
        harness.submit("decoding-" + i, prompt(i, 2), 60);
      }
      for (int i = 0; i < 10; i++) {
        harness.plan();
        harness.execute();
      }
      Specs urgent = Specs.PLAIN.priority(1);
      RecordedRequest prompt =
          harness.submit(new RecordedRequest(urgent.request("prompt", prompt(20, 40), 1)));
      int steps = 0;
      while (prompt.finished() == null) {
        harness.plan();
        harness.execute();
        assertThat(steps++).isLessThan(50);
      }
      assertThat(harness.core.requestCount()).isEqualTo(8);
      harness.runUntilIdle(1000);
    }
  }

  /** All requests fit one by one, none fits with another: nobody may be suspended for ever. */
  @Test
  void requestsThatEachNeedTheWholePoolRunOneAfterTheOther() {
    try (CoreHarness harness = harness(8, 64, PolicyKind.FCFS)) {
      for (int i = 0; i < 5; i++) {
        harness.submit("request-" + i, prompt(i, 4), 29);
      }
      harness.runUntilIdle(2000);
      assertThat(harness.requests).allMatch(r -> r.end().reason() == FinishReason.LENGTH);
      assertThat(harness.watch.fruitlessAdmissions).isZero();
    }
  }

  /** Recomputed tokens found in the cache again are no cache hits. */
  @Test
  void recomputationIsNotCountedAsCacheHits() {
    try (CoreHarness harness = harness(12, 64, PolicyKind.FCFS)) {
      harness.submit("first", prompt(1, 8), 30);
      harness.submit("second", prompt(2, 8), 30);
      harness.runUntilIdle(1000);
      assertThat(harness.watch.preemptions).isPositive();
      assertThat(harness.requests).allMatch(r -> r.end().cachedTokens() == 0);
      assertThat(harness.status().totals().prefixHitTokens()).isZero();
      assertThat(harness.status().totals().prefixQueryTokens()).isEqualTo(16);
      assertThat(harness.status().totals().recomputedTokens())
          .isEqualTo(harness.requests.get(1).end().timing().recomputedTokens());
    }
  }
}
