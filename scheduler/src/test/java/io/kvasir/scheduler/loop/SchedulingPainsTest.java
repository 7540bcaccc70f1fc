package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What users of the peers suffer from, under the policies that must prevent it. The issues are
 * named; see also {@link RegressionScenariosTest} for the same under FCFS.
 */
class SchedulingPainsTest {
  private static final int VOCABULARY = 100;
  private static final int BLOCK_TOKENS = 4;

  private static CoreHarness harness(int blocks, int slots, int stepTokens, PolicyKind policy) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(1000, slots, stepTokens).policy(policy).build();
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 1000, BLOCK_TOKENS, blocks, 512), 64);
  }

  private static int[] prompt(int start, int length) {
    return Specs.prompt(start, length, VOCABULARY);
  }

  private static RecordedRequest submit(
      CoreHarness harness, String tenant, int priority, int prompt, int maxTokens) {
    int number = harness.requests.size();
    Specs specs = Specs.PLAIN.tenant(tenant).priority(priority).arrival(harness.now);
    return harness.submit(
        new RecordedRequest(specs.request("request-" + number, prompt(number, prompt), maxTokens)));
  }

  private static void step(CoreHarness harness) {
    harness.plan();
    harness.execute();
    harness.now += 1_000_000;
  }

  private static int stepsToEnd(CoreHarness harness, RecordedRequest request, Runnable arrivals) {
    int steps = 0;
    while (request.finished() == null) {
      arrivals.run();
      step(harness);
      assertThat(steps++).as("steps of %s", request.spec().requestId()).isLessThan(3000);
    }
    return steps;
  }

  /** vLLM 40004, SGLang 31954: all slots are taken by the low, and the high one waits for them. */
  @Test
  void priorityInversionAtTheRequestCap() {
    try (CoreHarness harness = harness(400, 4, 64, PolicyKind.PRIORITY)) {
      for (int i = 0; i < 8; i++) {
        submit(harness, "tenant", 0, 4, 100);
      }
      step(harness);
      step(harness);
      RecordedRequest urgent = submit(harness, "tenant", 1, 4, 3);
      assertThat(stepsToEnd(harness, urgent, () -> {})).isLessThanOrEqualTo(6);
      assertThat(harness.watch.preemptions).isEqualTo(1);
      harness.runUntilIdle(5000);
    }
  }

  /** vLLM 45561: the pool is full of the low, and the high one waits for blocks. */
  @Test
  void priorityInversionInMemory() {
    try (CoreHarness harness = harness(40, 16, 64, PolicyKind.PRIORITY)) {
      for (int i = 0; i < 8; i++) {
        submit(harness, "tenant", 0, 12, 100);
      }
      step(harness);
      step(harness);
      RecordedRequest urgent = submit(harness, "tenant", 1, 60, 3);
      assertThat(stepsToEnd(harness, urgent, () -> {})).isLessThanOrEqualTo(8);
      harness.runUntilIdle(5000);
    }
  }

  /** vLLM 41951, 56843: a preempted request goes behind everybody who came later. */
  @Test
  void aPreemptedRequestDoesNotLoseItsPlace() {
    for (PolicyKind policy : List.of(PolicyKind.FAIR_SLACK, PolicyKind.VTC, PolicyKind.SLACK)) {
      try (CoreHarness harness = harness(12, 16, 64, policy)) {
        submit(harness, "tenant", 0, 8, 30);
        submit(harness, "tenant", 0, 8, 30);
        while (harness.watch.preemptions == 0) {
          step(harness);
        }
        for (int i = 0; i < 5; i++) {
          submit(harness, "tenant", 0, 30, 2);
        }
        harness.runUntilIdle(2000);
        assertThat(harness.watch.admissionOrder.subList(0, 3))
            .as("%s", policy)
            .containsOnly("request-0", "request-1");
      }
    }
  }

  /** vLLM 31731: a head that needs most of the pool stops everybody, or waits for ever. */
  @Test
  void aKvHeavyHeadLetsAFewPassAndIsServed() {
    try (CoreHarness harness = harness(40, 16, 64, PolicyKind.FAIR_SLACK)) {
      submit(harness, "tenant", 0, 60, 40);
      step(harness);
      RecordedRequest heavy = submit(harness, "tenant", 0, 120, 4);
      step(harness);
      RecordedRequest small = submit(harness, "tenant", 0, 4, 4);
      stepsToEnd(harness, small, () -> {});
      assertThat(harness.watch.admissionOrder).doesNotContain(heavy.spec().requestId());
      int most =
          stepsToEnd(
              harness,
              heavy,
              () -> {
                if (harness.core.requestCount() < 8) {
                  submit(harness, "tenant", 0, 4, 10);
                }
              });
      assertThat(most).isLessThan(200);
      int heavyAt = harness.watch.admissionOrder.indexOf(heavy.spec().requestId());
      assertThat(heavyAt).as("the first, and four that passed").isLessThanOrEqualTo(5);
      harness.runUntilIdle(2000);
    }
  }

  /** vLLM 21793, 54644: admit a chunk, preempt it in the next step, again and again. */
  @Test
  void aChunkIsNotAdmittedOnlyToBePreempted() {
    for (PolicyKind policy : PolicyKind.values()) {
      if (policy == PolicyKind.TRACED) {
        continue; // it exists to preempt
      }
      try (CoreHarness harness = harness(50, 16, 12, policy)) {
        // Blocks become free each time one of these ends, and the others soon need them.
        int[] lengths = {10, 10, 14, 14, 22, 30, 46, 60};
        for (int i = 0; i < lengths.length; i++) {
          submit(harness, "growing-" + i, 0, 4, lengths[i]);
        }
        submit(harness, "long", 0, 100, 4);
        harness.runUntilIdle(3000);
        assertThat(harness.watch.fruitlessAdmissions).as("%s", policy).isZero();
      }
    }
  }

  /** TRT-LLM 17211: every request is suspended and none goes on. */
  @Test
  void allSuspendedAtOnceGoOnOneAfterTheOther() {
    for (PolicyKind policy : PolicyKind.values()) {
      try (CoreHarness harness = harness(8, 16, 64, policy)) {
        for (int i = 0; i < 6; i++) {
          submit(harness, "tenant-" + i % 3, i % 2, 4, 28);
        }
        harness.runUntilIdle(5000);
        assertThat(harness.requests)
            .as("%s", policy)
            .allMatch(request -> request.end().reason() == FinishReason.LENGTH);
      }
    }
  }

  /** vLLM 40004: one tenant floods the queue, and the request of another never comes up. */
  @Test
  void aFloodDoesNotStarveAnotherTenant() {
    for (PolicyKind policy : List.of(PolicyKind.FAIR_SLACK, PolicyKind.VTC, PolicyKind.DLPM)) {
      try (CoreHarness harness = harness(200, 4, 64, policy)) {
        for (int i = 0; i < 100; i++) {
          submit(harness, "flood", 0, 8, 20);
        }
        for (int i = 0; i < 5; i++) {
          step(harness);
        }
        RecordedRequest modest = submit(harness, "modest", 0, 8, 5);
        assertThat(stepsToEnd(harness, modest, () -> {})).as("%s", policy).isLessThan(150);
        harness.runUntilIdle(5000);
      }
    }
  }
}
