package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.tier.StoredBlock;
import org.junit.jupiter.api.Test;

/** What a tenant stores in a tier is on its account and within its quota. */
final class TierQuotasTest {
  private static final int TENANT = CacheSalt.owner(0, 0, "tenant");
  private static final int OTHER = CacheSalt.owner(0, 0, "other");

  private final TieredPool tiered =
      new TieredPool(32, TieredPool.tier("dram", 8), TieredPool.persistent("ssd", 8));
  private final TierQuotas quotas = tiered.residency.quotas();

  private TieredPool.Request swapped(String tenant, String text) {
    TieredPool.Request request = tiered.request(text);
    request.chain.reset(CacheSalt.of(tenant, ""));
    request.compute(text.length());
    request.swapOut();
    tiered.settle();
    return request;
  }

  @Test
  void blocksAreOnTheAccountOfWhoStoredThemUntilTheyAreEvicted() {
    TieredPool.Request first = swapped("tenant", "abcdefgh");
    swapped("other", "abcd");
    assertThat(quotas.used(0, TENANT)).isEqualTo(2);
    assertThat(quotas.used(0, OTHER)).isEqualTo(1);
    first.leave();
    tiered.residency.tier(0).setLimit(0);
    assertThat(quotas.used(0, TENANT)).isZero();
    assertThat(quotas.used(0, OTHER)).as("pinned").isEqualTo(1);
    tiered.check();
  }

  @Test
  void whoeverHasUsedUpItsQuotaGivesUpItsOldestAndNobodyElses() {
    quotas.set(0, TENANT, 2);
    quotas.set(1, TENANT, 0);
    TieredPool.Request other = swapped("other", "zzzz");
    other.leave();
    TieredPool.Request first = swapped("tenant", "abcdefgh");
    first.leave();
    TieredPool.Request second = swapped("tenant", "ABCD");
    assertThat(second.computed).as("kept").isEqualTo(4);
    assertThat(quotas.used(0, TENANT)).isEqualTo(2);
    assertThat(first.state(0, 0)).as("the oldest").isEqualTo(SlotState.ABSENT);
    assertThat(first.state(0, 1)).isEqualTo(SlotState.RESIDENT);
    assertThat(other.state(0, 0)).isEqualTo(SlotState.RESIDENT);
  }

  @Test
  void whatIsProtectedIsNotGivenUpForAQuota() {
    quotas.set(0, TENANT, 2);
    quotas.set(1, TENANT, 1);
    swapped("tenant", "abcdefgh");
    TieredPool.Request second = swapped("tenant", "ABCDEFGH");
    assertThat(second.computed).as("one block, in the next tier").isEqualTo(4);
    assertThat(quotas.used(0, TENANT)).isEqualTo(2);
    assertThat(quotas.used(1, TENANT)).isEqualTo(1);
    TieredPool.Request other = swapped("other", "ABCDEFGH");
    assertThat(other.computed).isEqualTo(8);
  }

  @Test
  void aLowerQuotaHoldsAtOnceForWhatNobodyNeeds() {
    TieredPool.Request gone = swapped("tenant", "abcdefgh");
    TieredPool.Request waits = swapped("tenant", "ABCDEFGH");
    gone.leave();
    quotas.set(0, TENANT, 1);
    assertThat(quotas.used(0, TENANT)).as("pinned").isEqualTo(2);
    waits.leave();
    quotas.set(0, TENANT, 1);
    assertThat(quotas.used(0, TENANT)).isEqualTo(1);
    quotas.set(0, TENANT, TierQuotas.ANY);
    assertThat(quotas.quota(0, TENANT)).isEqualTo(TierQuotas.ANY);
    tiered.check();
  }

  /** An inventory tells the oldest first. */
  @Test
  void ofAnInventoryTheYoungestBlocksWithinTheQuotaAreTakenOver() {
    quotas.set(1, TENANT, 2);
    for (int block = 0; block < 4; block++) {
      tiered.residency.restore(new StoredBlock(1, block, block, block, 4, 1, TENANT, block));
    }
    assertThat(quotas.used(1, TENANT)).isEqualTo(2);
    assertThat(tiered.residency.tier(1).find(1, 1)).isEqualTo(TierTable.NONE);
    assertThat(tiered.residency.tier(1).find(2, 2)).isEqualTo(2);
    assertThat(tiered.residency.tier(1).find(3, 3)).isEqualTo(3);
    quotas.set(0, TENANT, 0);
    StoredBlock none = new StoredBlock(0, 0, 9, 9, 4, 1, TENANT, 9);
    assertThat(tiered.residency.restore(none)).isFalse();
    tiered.check();
  }
}
