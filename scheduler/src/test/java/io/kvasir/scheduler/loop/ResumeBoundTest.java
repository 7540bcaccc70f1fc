package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.plan.ResumeBound;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who lost its blocks goes on within docs/adr/0012-preemption.md's bound, whatever arrives. */
class ResumeBoundTest {
  private static final int VOCABULARY = 100;
  private static final int BLOCK_TOKENS = 4;
  private static final int BLOCKS = 24;
  private static final int SLOTS = 6;
  private static final int MOST_TOKENS = 60;
  private static final long STEP_NANOS = 1_000_000;
  private static final int FLOOD_STEPS = 3000;
  private static final ResumeBound BOUND = new ResumeBound(3, 50);
  private static final ResumeBound NONE = new ResumeBound(1000, 3_600_000);

  private static CoreHarness harness(PolicyKind policy, ResumeBound bound) {
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(100_000, SLOTS, 64)
            .policy(policy)
            .resumeBound(bound)
            .build();
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 1000, BLOCK_TOKENS, BLOCKS, 512), SLOTS);
  }

  private static void submit(
      CoreHarness harness, String tenant, int ttftMillis, int prompt, int maxTokens) {
    int number = harness.requests.size();
    Specs specs = Specs.PLAIN.tenant(tenant).targets(ttftMillis, 0).arrival(harness.now);
    harness.submit(
        new RecordedRequest(
            specs.request(
                "request-" + number, Specs.prompt(number, prompt, VOCABULARY), maxTokens)));
  }

  private static void step(CoreHarness harness) {
    harness.plan();
    harness.execute();
    harness.now += STEP_NANOS;
  }

  /**
   * A bound that knows nothing of the load: the wait until it is due, and the time in which those
   * that ran then and those that were due before it have ended, a step each for every token, and
   * twice for what is computed again.
   */
  private static long boundNanos() {
    return TimeUnit.MILLISECONDS.toNanos(BOUND.waitMillis())
        + 2L * 2 * SLOTS * MOST_TOKENS * STEP_NANOS;
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIR_SLACK", "SLACK", "VTC", "DLPM"})
  void resumesWithinTheBoundHoweverMuchArrives(PolicyKind policy) {
    for (int perStep = 1; perStep <= 4; perStep *= 2) {
      SplittableRandom random = new SplittableRandom(perStep);
      try (CoreHarness harness = harness(policy, BOUND)) {
        for (int i = 0; i < FLOOD_STEPS / 10; i++) {
          for (int k = 0; k < perStep; k++) {
            // Growing ones of a few tenants, and a newcomer with a tight target each time.
            submit(harness, "tenant-" + random.nextInt(3), 0, 4, MOST_TOKENS);
            submit(harness, "new-" + i + "-" + k, 1, 1 + random.nextInt(30), 2);
          }
          step(harness);
        }
        for (int i = 0; i < FLOOD_STEPS; i++) {
          step(harness);
        }
        SchedulerStatus.Totals totals = harness.status().totals();
        assertThat(totals.preemptions()).as("the load preempts").isGreaterThan(10);
        assertThat(totals.resumeBoundExceeded()).isZero();
        assertThat(totals.longestResumeNanos())
            .as("%s, %d a step: %s", policy, perStep, totals)
            .isPositive()
            .isLessThan(boundNanos());
      }
    }
  }

  /** Newcomers of ever new tenants, each with the least counter, would keep it out for ever. */
  @Test
  void aStreamOfNewTenantsDoesNotKeepAPreemptedRequestOut() {
    assertThat(stepsUntilTheFirstTwoEnd(BOUND)).isLessThan(1000);
    assertThat(stepsUntilTheFirstTwoEnd(NONE)).as("without the bound").isEqualTo(FLOOD_STEPS);
  }

  private static int stepsUntilTheFirstTwoEnd(ResumeBound bound) {
    try (CoreHarness harness = harness(PolicyKind.VTC, bound)) {
      submit(harness, "old", 0, 4, MOST_TOKENS);
      submit(harness, "old", 0, 4, MOST_TOKENS);
      while (harness.watch.preemptions == 0) {
        step(harness);
        assertThat(harness.requests).noneMatch(request -> request.finished() != null);
      }
      int steps = 0;
      while (steps < FLOOD_STEPS
          && harness.requests.subList(0, 2).stream().anyMatch(r -> r.finished() == null)) {
        submit(harness, "new-" + steps, 0, 20, 20);
        step(harness);
        steps++;
      }
      return steps;
    }
  }

  /** Two that cannot both finish: the one that lost its blocks often enough keeps them. */
  @ParameterizedTest
  @EnumSource(names = {"FAIR_SLACK", "SLACK", "VTC", "DLPM"})
  void nobodyIsThrownOutMoreOftenThanConfigured(PolicyKind policy) {
    SplittableRandom random = new SplittableRandom(7);
    try (CoreHarness harness = harness(policy, new ResumeBound(1, 3_600_000))) {
      for (int i = 0; i < 40; i++) {
        submit(harness, "tenant-" + i % 4, 1 + random.nextInt(500), 4, MOST_TOKENS);
      }
      for (int i = 0; i < FLOOD_STEPS && harness.core.requestCount() > 0; i++) {
        step(harness);
      }
      assertThat(harness.requests)
          .allMatch(request -> request.end().reason() == FinishReason.LENGTH)
          .allMatch(request -> request.end().timing().preemptions() <= 1)
          .anyMatch(request -> request.end().timing().preemptions() == 1);
    }
  }

  /** Behind it are only settled ones, so it loses its own blocks; they go on all the same. */
  @Test
  void aStepInWhichARequestLosesItsOwnBlocksHasTheTokensOfAllOthers() {
    try (CoreHarness harness = harness(PolicyKind.SLACK, new ResumeBound(1, 3_600_000))) {
      for (int i = 0; i < 40; i++) {
        submit(harness, "tenant", 1 + 37 * i % 500, 4, MOST_TOKENS);
      }
      while (harness.core.requestCount() > 0) {
        int before = harness.watch.preemptions;
        harness.plan();
        if (harness.watch.preemptions > before) {
          assertThat(harness.lastPlan().scheduled()).hasSize(harness.status().runningRequests());
        }
        harness.execute();
        harness.now += STEP_NANOS;
      }
      assertThat(harness.watch.preemptions).isPositive();
    }
  }
}
