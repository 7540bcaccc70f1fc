package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tiers with a lossy codec hold blocks of requests that allow it, and nobody else finds them. */
final class LossyTierTest {
  private static final String TEXT = "aaaabbbbcccc";

  private TieredPool tiered =
      new TieredPool(64, lossy("dram", 16), TieredPool.persistent("ssd", 16));

  private static TierSpec lossy(String name, int slots) {
    return new TierSpec(TierKind.DRAM, name, slots, false, "int8", false, false, 1, 1);
  }

  @AfterEach
  void integrity() {
    tiered.check();
  }

  @Test
  void anExactRequestPassesALossyTierBy() {
    tiered.request(TEXT).compute(12).swapOut();
    assertThat(tiered.order().tier()).isEqualTo(1);
  }

  @Test
  void aRequestThatAllowsItIsStoredThereAndNotFoundByOthers() {
    Request lossy = tiered.lossyRequest(TEXT + "?").compute(12);
    lossy.swapOut();
    CopyJob job = tiered.order();
    assertThat(job.tier()).isZero();
    assertThat(Arrays.stream(job.saltTags()).allMatch(SaltTag::lossy)).isTrue();
    tiered.settle();
    Request exact = tiered.request(TEXT + "?");
    exact.chain.extend(exact.tokens, 12, TieredPool.BLOCK_TOKENS);
    assertThat(tiered.residency.readableBlocks(exact.chain, 0, 3)).isZero();
    assertThat(tiered.pool.matchPrefix(exact.chain, 3)).as("computed by the other").isZero();
    assertThat(tiered.pool.matchPrefix(lossy.chain, 3)).isEqualTo(3);
  }

  @Test
  void withoutAnotherTierAnExactRequestIsNotKept() {
    tiered = new TieredPool(64, lossy("dram", 16));
    Request exact = tiered.request(TEXT).compute(12);
    assertThat(tiered.residency.estimate(exact.chain, 12, false).room()).isFalse();
    assertThat(exact.swapOut()).isZero();
    tiered.residency.demote();
    assertThat(tiered.residency.hasOrders()).isFalse();
    tiered.lossyRequest(TEXT).compute(12).leave();
    tiered.residency.demote();
    assertThat(tiered.order().blockCount()).as("not held up by the other's").isEqualTo(3);
  }

  @Test
  void exactBlocksThatWaitForRoomDoNotHoldUpLossyOnes() {
    tiered = new TieredPool(64, TieredPool.tier("dram", 3), lossy("cxl", 16));
    tiered.request("zzzzyyyyxxxx").compute(12).swapOut();
    tiered.settle();
    tiered.request(TEXT).compute(12).leave();
    tiered.lossyRequest(TEXT).compute(12).leave();
    tiered.residency.demote();
    CopyJob job = tiered.order();
    assertThat(job.tier()).isEqualTo(1);
    assertThat(job.blockCount()).isEqualTo(3);
  }

  @Test
  void aBlockIsMovedDownPastATierThatMayNotHoldIt() {
    tiered =
        new TieredPool(
            64, TieredPool.tier("dram", 16), lossy("cxl", 16), TieredPool.persistent("ssd", 16));
    tiered.request(TEXT).compute(12).leave();
    Request lossy = tiered.lossyRequest(TEXT).compute(12);
    lossy.leave();
    for (int i = 0; i < 4; i++) {
      tiered.residency.demote();
      tiered.settle();
    }
    assertThat(tiered.residency.tier(0).usedSlots()).isEqualTo(6);
    assertThat(tiered.residency.tier(1).usedSlots()).as("DRAM is not nearly full").isZero();
    assertThat(tiered.residency.tier(2).usedSlots()).isEqualTo(3);
    tiered.residency.tier(0).setLimit(6);
    for (int i = 0; i < 4; i++) {
      tiered.residency.demote();
      tiered.settle();
    }
    assertThat(lossy.state(1, 0)).isEqualTo(SlotState.RESIDENT);
    assertThat(tiered.residency.tier(1).usedSlots()).isEqualTo(3);
    assertThat(tiered.residency.tier(2).usedSlots()).isEqualTo(6);
  }

  @Test
  void anInventoryIsTakenOverByTheSameRule() {
    int exact = tiered.request(TEXT).chain.saltTag();
    int lossy = tiered.lossyRequest(TEXT).chain.saltTag();
    assertThat(tiered.residency.restore(new StoredBlock(0, 0, 1, 1, 4, 1, exact, 0))).isFalse();
    assertThat(tiered.residency.restore(new StoredBlock(0, 0, 1, 1, 4, 1, lossy, 0))).isTrue();
    assertThat(tiered.residency.restore(new StoredBlock(1, 0, 2, 2, 4, 1, exact, 0))).isTrue();
    assertThat(tiered.residency.restore(new StoredBlock(1, 1, 3, 3, 4, 1, lossy, 0))).isTrue();
  }
}
