package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tenant's tokens of a step are limited; that it is so in every step, the harness checks. */
class StepCapTest {
  private static final int VOCABULARY = 100;
  private static final int CAP = 8;

  private static CoreHarness harness(PolicyKind policy, Tenants tenants) {
    tenants.put(TenantSpec.of("capped").toDraft().maxStepTokens(CAP).build());
    SchedulerConfig config = SchedulerConfig.builder().limits(100, 16, 64).policy(policy).build();
    return new CoreHarness(
        config, tenants, new HashRunnerConfig(VOCABULARY, 1000, 4, 400, 64), 16, null);
  }

  private static RecordedRequest submit(CoreHarness harness, String tenant, int prompt, int most) {
    int number = harness.requests.size();
    Specs specs = Specs.PLAIN.tenant(tenant).arrival(harness.now);
    return harness.submit(
        new RecordedRequest(
            specs.request("request-" + number, Specs.prompt(number, prompt, VOCABULARY), most)));
  }

  private static int stepsToEnd(CoreHarness harness, RecordedRequest request) {
    int steps = 0;
    while (request.finished() == null) {
      harness.plan();
      harness.execute();
      harness.now += 1_000_000;
      assertThat(steps++).isLessThan(1000);
    }
    return steps;
  }

  /** Its long prompts are computed a few tokens a step; a short one of another waits for none. */
  @ParameterizedTest
  @EnumSource(PolicyKind.class)
  void otherTenantsHaveTheRestOfTheStep(PolicyKind policy) {
    try (CoreHarness harness = harness(policy, new Tenants())) {
      for (int i = 0; i < 4; i++) {
        submit(harness, "capped", 200, 4);
      }
      RecordedRequest other = submit(harness, "other", 40, 3);
      assertThat(stepsToEnd(harness, other)).as("%s", policy).isLessThanOrEqualTo(6);
      harness.runUntilIdle(1000);
    }
  }

  /** More streams than tokens: all end, and raising the cap holds from the next step on. */
  @ParameterizedTest
  @EnumSource(PolicyKind.class)
  void moreStreamsThanTokensTakeTurns(PolicyKind policy) {
    Tenants tenants = new Tenants();
    try (CoreHarness harness = harness(policy, tenants)) {
      for (int i = 0; i < 2 * CAP; i++) {
        submit(harness, "capped", 4, 20);
      }
      for (int i = 0; i < 20; i++) {
        harness.plan();
        harness.execute();
      }
      tenants.put(TenantSpec.of("capped"));
      harness.runUntilIdle(200);
    }
  }

  /** A step has time for its few tokens and all streams, though not for all of its prompt. */
  @Test
  void aLongPromptOfALimitedTenantKeepsNobodyFromDecoding() {
    Tenants tenants = new Tenants();
    tenants.put(TenantSpec.of("capped").toDraft().maxStepTokens(4).build());
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, 9, 64).policy(PolicyKind.FAIR_SLACK).build();
    TestTiers none = new TestTiers(List.of(), new SplittableRandom(1), false);
    HashRunnerConfig worker = new HashRunnerConfig(VOCABULARY, 1000, 4, 400, 64);
    try (CoreHarness harness = new CoreHarness(config, tenants, worker, 9, none)) {
      submit(harness, "other", 1, 1);
      harness.runUntilIdle(10);
      for (int i = 0; i < 8; i++) {
        submit(harness, "other", 40, 100);
      }
      while (harness.requests.getLast().tokens().length < 5) {
        harness.plan();
        harness.execute();
      }
      submit(harness, "capped", 60, 4);
      submit(harness, "other", 40, 100);
      for (int i = 0; i < 10; i++) {
        harness.plan();
        assertThat(harness.lastPlan().tokenCount()).as("step %d", i).isEqualTo(8 + 4);
        harness.execute();
      }
      harness.runUntilIdle(1000);
    }
  }
}
