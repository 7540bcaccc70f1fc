package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.HitTokens;
import java.util.List;

/** What ends of requests and the status say about KV must be so whatever happened. */
final class UsageCheck {
  private UsageCheck() {}

  /** Nobody has more in a tier than its quota, which was never lowered. */
  static void quotas(SchedulerStatus status) {
    for (TierStatus tier : status.tiers()) {
      for (TenantBlocks tenant : tier.tenants()) {
        assertThat(tenant.blocks())
            .as("%s in %s", tenant, tier.name())
            .isBetween(0, tenant.quotaBlocks());
      }
    }
  }

  /** Checks an end on a worker with those tiers. */
  static void hits(FinishedEvent end, List<TierSpec> tiers, int blockTokens) {
    List<HitTokens> hits = end.timing().hits();
    assertThat(end.cachedTokens()).isBetween(0, end.promptTokens() - 1);
    assertThat(end.cachedTokens() % blockTokens).isZero();
    assertThat(hits.stream().mapToInt(HitTokens::tokens).sum()).isEqualTo(end.cachedTokens());
    assertThat(hits.stream().map(HitTokens::place)).doesNotHaveDuplicates();
    for (HitTokens hit : hits) {
      assertThat(hit.tokens()).isPositive();
      assertThat(hit.tokens() % blockTokens).isZero();
      boolean known = tiers.stream().anyMatch(tier -> tier.name().equals(hit.place()));
      assertThat(known || hit.place().equals(HitTokens.ARENA)).as("%s", hit).isTrue();
    }
  }
}
