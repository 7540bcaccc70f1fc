package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.prefix.CacheSalt;
import java.util.List;
import java.util.Random;

/**
 * Changes what the tenants of a {@link RandomTierSequence} may occupy, and checks that it holds.
 */
final class RandomQuotas {
  private static final List<String> TENANTS = List.of("a", "b");

  private final TierQuotas quotas;
  private final Random random;
  private final Coverage coverage;
  private final int[][] most;

  RandomQuotas(Residency residency, Random random, Coverage coverage) {
    this.quotas = residency.quotas();
    this.random = random;
    this.coverage = coverage;
    most = new int[residency.tierCount()][TENANTS.size()];
  }

  void change() {
    int tier = random.nextInt(most.length);
    int tenant = random.nextInt(TENANTS.size());
    quotas.set(tier, owner(tenant), random.nextInt(3) == 0 ? TierQuotas.ANY : random.nextInt(6));
  }

  /** Whoever has more than its quota, because it was lowered, never gets more. */
  void check() {
    for (int tier = 0; tier < most.length; tier++) {
      for (int tenant = 0; tenant < TENANTS.size(); tenant++) {
        int quota = quotas.quota(tier, owner(tenant));
        int used = quotas.used(tier, owner(tenant));
        assertThat(used)
            .as("slots of %s in tier %d, quota %d", TENANTS.get(tenant), tier, quota)
            .isLessThanOrEqualTo(Math.max(quota, most[tier][tenant]));
        if (quota != TierQuotas.ANY && used > 0) {
          coverage.met(used < quota ? "within a quota" : "at a quota");
        }
        most[tier][tenant] = used;
      }
    }
  }

  private static int owner(int tenant) {
    return CacheSalt.owner(0, 0, TENANTS.get(tenant));
  }
}
