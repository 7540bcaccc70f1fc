package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A tenant's share of a lower tier is bounded, whatever it stores there and for which reason. */
class TierQuotaTest {
  private static final int BLOCK_TOKENS = 4;
  private static final int ARENA = 12;
  private static final int SLOTS = 32;
  private static final HashRunnerConfig WORKER =
      new HashRunnerConfig(60, 64, BLOCK_TOKENS, ARENA, 64);

  private final Tenants tenants = new Tenants();
  private final TestTiers tiers =
      new TestTiers(
          List.of(TestTiers.spec(TierKind.DRAM, SLOTS, false, true, 1 << 30)),
          new SplittableRandom(1),
          false);

  private CoreHarness harness() {
    SchedulerConfig config = SchedulerConfig.builder().limits(100, 8, 64).build();
    return new CoreHarness(config, tenants, WORKER, 8, tiers);
  }

  private void quota(CoreHarness harness, String tenant, int blocks) {
    long bytes = blocks * harness.info().geometry().blockBytes();
    tenants.put(TenantSpec.of(tenant).toDraft().tierKvBytes(TierKind.DRAM, bytes).build());
  }

  /** Ten full blocks, one after the other request. */
  private static RecordedRequest run(CoreHarness harness, Specs specs, String id, int start) {
    RecordedRequest request =
        new RecordedRequest(specs.request(id, Specs.prompt(start, 10 * BLOCK_TOKENS, 60), 4));
    harness.submit(request);
    harness.runUntilIdle(200);
    return request;
  }

  private static TenantBlocks row(CoreHarness harness) {
    List<TenantBlocks> rows = harness.status().tiers().getFirst().tenants();
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  @Test
  void aFloodOfOnePushesOutItsOwnAndNobodyElses() {
    try (CoreHarness harness = harness()) {
      quota(harness, "flood", 16);
      run(harness, Specs.PLAIN.tenant("modest"), "m0", 0);
      for (int i = 0; i < 8; i++) {
        run(harness, Specs.PLAIN.tenant("flood"), "f" + i, 2 + i);
      }
      assertThat(row(harness)).isEqualTo(new TenantBlocks("flood", 16, 16));
      RecordedRequest again = run(harness, Specs.PLAIN.tenant("modest"), "m1", 0);
      assertThat(again.end().cachedTokens()).as("all but the last block").isEqualTo(36);
      assertThat(again.end().timing().hits().getLast().place())
          .isEqualTo(tiers.specs().getFirst().name());
    }
  }

  @Test
  void whatAnOperatorChangesHoldsFromTheNextStepOn() {
    try (CoreHarness harness = harness()) {
      for (int i = 0; i < 3; i++) {
        run(harness, Specs.PLAIN.tenant("flood"), "f" + i, 2 + i);
      }
      assertThat(harness.status().tiers().getFirst().tenants()).isEmpty();
      quota(harness, "flood", 5);
      harness.plan();
      assertThat(row(harness)).isEqualTo(new TenantBlocks("flood", 5, 5));
      tenants.put(TenantSpec.of("flood"));
      run(harness, Specs.PLAIN.tenant("flood"), "f9", 9);
      assertThat(harness.status().tiers().getFirst().tenants()).isEmpty();
      assertThat(harness.status().tiers().getFirst().resident()).isGreaterThan(5);
    }
  }

  @Test
  void sessionsProtectHalfOfWhatTheQuotaAllows() {
    try (CoreHarness harness = harness()) {
      quota(harness, "a", 4);
      SessionHints pin = new SessionHints(null, true, false, null);
      RecordedRequest request = run(harness, Specs.PLAIN.tenant("a").session("s", pin), "a0", 0);
      SessionOutcome outcome = Objects.requireNonNull(request.end().session());
      assertThat(outcome.quotaBlocks()).isEqualTo(2);
      assertThat(outcome.quotaUsedBlocks()).isEqualTo(2);
    }
  }

  @Test
  void sessionsGiveUpWhatALoweredQuotaAllowsNoMore() {
    try (CoreHarness harness = harness()) {
      quota(harness, "a", 8);
      SessionHints pin = new SessionHints(null, true, false, null);
      run(harness, Specs.PLAIN.tenant("a").session("first", pin), "a0", 0);
      run(harness, Specs.PLAIN.tenant("b").session("other", pin), "b0", 2);
      quota(harness, "a", 2);
      harness.plan();
      SessionOutcome kept = update(harness, "a", "first");
      assertThat(kept.quotaBlocks()).isEqualTo(1);
      assertThat(kept.quotaUsedBlocks()).isEqualTo(1);
      assertThat(kept.keptTokens()).isEqualTo(BLOCK_TOKENS);
      assertThat(kept.revokedTokens()).isEqualTo(3 * BLOCK_TOKENS);
      assertThat(kept.hints().getFirst().reason()).contains("KV quota of 1 blocks");
      assertThat(update(harness, "b", "other").revokedTokens()).isZero();
      quota(harness, "a", 1);
      harness.plan();
      assertThat(update(harness, "a", "first").quotaUsedBlocks()).isEqualTo(1);
    }
  }

  private static SessionOutcome update(CoreHarness harness, String tenant, String session) {
    return harness
        .core
        .sessions()
        .update(tenant, session, SessionHints.NONE, harness.now)
        .orElseThrow();
  }
}
