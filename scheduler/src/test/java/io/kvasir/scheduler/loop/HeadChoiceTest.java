package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import org.junit.jupiter.api.Test;

/** Who is admitted where tenants may hold only so many blocks of the arena while others wait. */
class HeadChoiceTest {
  private static final int BLOCK_TOKENS = 4;
  private static final HashRunnerConfig WORKER = new HashRunnerConfig(60, 64, BLOCK_TOKENS, 40, 64);

  private final Tenants tenants = new Tenants();

  private CoreHarness harness(int slots) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, slots, 64).policy(PolicyKind.FCFS).build();
    return new CoreHarness(config, tenants, WORKER, slots, null);
  }

  private void quota(CoreHarness harness, String tenant, int blocks) {
    long blockBytes = harness.info().geometry().blockBytes();
    tenants.put(TenantSpec.of(tenant).toDraft().deviceKvBytes(blocks * blockBytes).build());
  }

  /** Needs three blocks at once: eleven tokens and the next one. */
  private static void submit(CoreHarness harness, String tenant, String id, int start) {
    int[] prompt = Specs.prompt(start, 11, 60);
    harness.submit(new RecordedRequest(Specs.PLAIN.tenant(tenant).request(id, prompt, 9)));
  }

  @Test
  void whoIsAboveItsQuotaStepsAsideForOthers() {
    try (CoreHarness harness = harness(3)) {
      quota(harness, "a", 6);
      for (int i = 0; i < 4; i++) {
        submit(harness, "a", "a" + i, i);
      }
      submit(harness, "b", "b0", 10);
      submit(harness, "b", "b1", 11);
      harness.plan();
      assertThat(harness.watch.admissionOrder).containsExactly("a0", "a1", "b0");
      harness.runUntilIdle(200);
      assertThat(harness.watch.admissionOrder).startsWith("a0", "a1", "b0").hasSize(6);
    }
  }

  @Test
  void whoIsAloneHasAllTheMemory() {
    try (CoreHarness harness = harness(8)) {
      quota(harness, "a", 1);
      for (int i = 0; i < 5; i++) {
        submit(harness, "a", "a" + i, i);
      }
      harness.plan();
      assertThat(harness.watch.admissionOrder).hasSize(5);
      harness.runUntilIdle(200);
    }
  }

  @Test
  void whoHoldsNothingGetsOnWhateverItsQuota() {
    try (CoreHarness harness = harness(2)) {
      quota(harness, "a", 1);
      submit(harness, "b", "b0", 10);
      submit(harness, "a", "a0", 0);
      submit(harness, "a", "a1", 1);
      submit(harness, "b", "b1", 11);
      harness.plan();
      assertThat(harness.watch.admissionOrder).containsExactly("b0", "a0");
      harness.runUntilIdle(200);
      assertThat(harness.watch.admissionOrder).containsExactlyInAnyOrder("b0", "a0", "b1", "a1");
    }
  }

  @Test
  void amongThoseAboveTheirQuotasTheOrderHolds() {
    try (CoreHarness harness = harness(4)) {
      quota(harness, "a", 1);
      quota(harness, "b", 1);
      submit(harness, "a", "a0", 0);
      submit(harness, "b", "b0", 10);
      submit(harness, "b", "b1", 11);
      submit(harness, "a", "a1", 1);
      harness.plan();
      assertThat(harness.watch.admissionOrder).containsExactly("a0", "b0", "b1", "a1");
      harness.runUntilIdle(200);
    }
  }

  @Test
  void sharedBlocksCountOnce() {
    try (CoreHarness harness = harness(3)) {
      quota(harness, "a", 9);
      submit(harness, "a", "a0", 0);
      harness.plan();
      harness.execute();
      // The same prompt: two of its three blocks are shared.
      submit(harness, "a", "a1", 0);
      harness.plan();
      harness.execute();
      submit(harness, "a", "a2", 0);
      submit(harness, "b", "b0", 10);
      harness.plan();
      assertThat(harness.watch.admissionOrder).containsExactly("a0", "a1", "a2");
      harness.runUntilIdle(200);
    }
  }

  @Test
  void aChangedQuotaHoldsForTheNextAdmission() {
    try (CoreHarness harness = harness(3)) {
      quota(harness, "a", 3);
      submit(harness, "a", "a0", 0);
      harness.plan();
      tenants.delete("a");
      submit(harness, "a", "a1", 1);
      submit(harness, "b", "b0", 10);
      harness.plan();
      assertThat(harness.watch.admissionOrder).containsExactly("a0", "a1", "b0");
      harness.runUntilIdle(200);
    }
  }

  @Test
  void forOneThatStepsAsideNoTokensAreSetAside() {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, 8, 8).policy(PolicyKind.PRIORITY).build();
    HashRunnerConfig worker = new HashRunnerConfig(60, 64, BLOCK_TOKENS, 200, 64);
    try (CoreHarness harness = new CoreHarness(config, tenants, worker, 8, null)) {
      quota(harness, "a", 6);
      for (int i = 0; i < 9; i++) {
        Specs specs = Specs.PLAIN.tenant(i == 0 ? "a" : "b");
        int[] prompt = Specs.prompt(i, 11, 60);
        harness.submit(new RecordedRequest(specs.request("r" + i, prompt, 40)));
      }
      while (harness.requests.get(7).tokens().length < 2) {
        harness.plan();
        harness.execute();
      }
      Specs urgent = Specs.PLAIN.tenant("a").priority(5);
      harness.submit(new RecordedRequest(urgent.request("a1", Specs.prompt(20, 11, 60), 9)));
      harness.plan();
      assertThat(harness.watch.admissionOrder).as("all places are taken").hasSize(8);
      assertThat(harness.lastPlan().tokenCount()).as("all of them decode").isEqualTo(8);
      harness.runUntilIdle(500);
    }
  }
}
