package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ResidencyTest {
  private TieredPool tiered = new TieredPool(16, TieredPool.tier("dram", 8));

  @AfterEach
  void integrity() {
    tiered.check();
  }

  @Test
  void aPrefixThatTwoSwappedRequestsShareIsStoredOnce() {
    Request a = tiered.request("aaaabbbbcccc").compute(12);
    Request b = tiered.request("aaaabbbbdddd").compute(12);
    assertThat(a.swapOut()).isEqualTo(12);
    assertThat(b.swapOut()).isEqualTo(12);
    assertSwapped(4, 2);
    tiered.settle();
    assertThat(tier(0).meta().pins(a.slot(0, 0))).isEqualTo(2);
    a.leave();
    assertThat(tier(0).meta().pins(b.slot(0, 0))).isEqualTo(1);
    assertThat(tier(0).usedSlots()).isEqualTo(4);
  }

  @Test
  void aSecondSwapOutStoresOnlyWhatWasWrittenSince() {
    Request request = tiered.request("aaaabbbbccccddddee").compute(10);
    request.swapOut();
    assertSwapped(3, 0);
    swapBackIn(request, 1);
    assertThat(request.computed).isEqualTo(10);
    assertThat(request.state(0, 0)).isEqualTo(SlotState.RESIDENT);
    request.compute(17).swapOut();
    assertSwapped(3 + 3, 2);
    assertThat(tiered.order().slots()).hasSize(3);
  }

  @Test
  void nothingIsStoredAgainForARequestThatWroteNothing() {
    Request request = tiered.request("aaaabbbbcc").compute(10);
    request.swapOut();
    swapBackIn(request, 1);
    request.swapOut();
    assertSwapped(3, 3);
    assertThat(tiered.residency.hasOrders()).isFalse();
  }

  @Test
  void droppedCopiesAreStoredAgainUnlessSomebodyElseNeedsThem() {
    Request request = tiered.request("aaaabbbbcccc").compute(10);
    request.swapOut();
    swapBackIn(request, 1);
    tiered.residency.drop(request.copies);
    assertThat(tier(0).usedSlots()).isZero();
    request.swapOut();
    assertSwapped(3 + 3, 0);

    Request other = tiered.request("aaaabbbbdddd").compute(10);
    other.swapOut();
    tiered.settle();
    tiered.residency.drop(request.copies);
    assertThat(tier(0).usedSlots()).as("the prefix is pinned, the tail is not").isEqualTo(3);
    assertThat(tier(0).meta().pins(other.slot(0, 0))).isEqualTo(1);
  }

  @Test
  void theCopyOfATailIsUnownedOnceTheFullBlockWasStored() {
    Request request = tiered.request("aaaabbbbcccc").compute(6);
    request.swapOut();
    int tail = tier(0).find(request.chain.tailHi(), request.chain.tailLo());
    swapBackIn(request, 3);
    assertThat(tier(0).claims.isEvictable(tail, 3)).isTrue();
    request.compute(8).swapOut();
    tiered.settle();
    assertThat(tier(0).meta().tokens(request.slot(0, 1))).isEqualTo(4);
    assertThat(tier(0).meta().tokens(tail)).isEqualTo(2);
    assertThat(tier(0).claims.isEvictable(tail, 0)).isTrue();
  }

  @Test
  void aMissMakesTheBlockUnfindable() {
    Request request = tiered.request("aaaabbbbcccc").compute(10);
    request.swapOut();
    tiered.settle();
    tiered.evictCached();
    request.swapIn(1);
    Restore restore = tiered.observe(tiered.order(), CopyOutcome.MISS);
    assertThat(restore).isNotNull().matches(Restore::finished);
    assertThat(TieredPool.usableTokens(Objects.requireNonNull(restore))).isZero();
    assertThat(tier(0).usedSlots()).isZero();
    assertThat(tiered.residency.readableBlocks(request.chain, 0, 2)).isZero();
  }

  @Test
  void aLoadThatEndsAfterItsRequestLeftIsCached() {
    Request request = tiered.request("aaaabbbbcccc").compute(10);
    request.swapOut();
    tiered.settle();
    tiered.evictCached();
    request.swapIn(1);
    request.leave();
    assertThat(tiered.pool.inFlightBlocks()).isEqualTo(3);
    assertThat(tiered.pool.matchPrefix(request.chain, 2)).isZero();
    tiered.settle();
    assertThat(tiered.pool.matchPrefix(request.chain, 2)).isEqualTo(2);
    assertThat(tiered.pool.cachedBlocks()).as("the tail is nobody's").isEqualTo(2);
  }

  @Test
  void unownedCopiesGoFirstAndThoseOfHighPriorityLast() {
    Request high = swappedOutAndIn("aaaabbbb", 3);
    Request low = swappedOutAndIn("ccccdddd", 1);
    Request gone = swappedOutAndIn("eeeeffff", 2);
    gone.leave();
    tier(0).setLimit(6);
    tier(0).setLimit(4);
    assertThat(gone.slot(0, 0)).isEqualTo(TierTable.NONE);
    assertThat(low.slot(0, 0)).isNotEqualTo(TierTable.NONE);
    Request next = tiered.request("gggghhhh").compute(8);
    assertThat(next.swapOut()).isEqualTo(8);
    assertThat(low.slot(0, 0)).isEqualTo(TierTable.NONE);
    assertThat(low.slot(0, 1)).isEqualTo(TierTable.NONE);
    assertThat(high.slot(0, 0)).isNotEqualTo(TierTable.NONE);
    Request last = tiered.request("iiii").compute(4);
    assertThat(last.swapOut()).isEqualTo(4);
    assertThat(high.slot(0, 0)).isEqualTo(TierTable.NONE);
  }

  @Test
  void aSharedCopyKeepsTheRankOfTheOwnerThatStays() {
    Request high = tiered.request("aaaabbbb").compute(8);
    Request low = tiered.request("aaaabbbb").compute(8);
    high.swapOut();
    low.swapOut();
    tiered.settle();
    high.swapIn(3);
    low.swapIn(1);
    int slot = high.slot(0, 1);
    tiered.settle(high, low);
    assertThat(tier(0).claims.isEvictable(slot, 3)).isTrue();
    low.leave();
    assertThat(tier(0).claims.isEvictable(slot, 3)).isTrue();
    high.leave();
    assertThat(tier(0).claims.isEvictable(slot, 0)).isTrue();
  }

  @Test
  void whatWasStoredBeforeIsNotEvictedByTheRestOfTheSwapOut() {
    tiered = new TieredPool(16, TieredPool.tier("dram", 4));
    Request request = swappedOutAndIn("aaaabbbbccccdddd", 1);
    Request other = swappedOutAndIn("eeee", 3);
    assertThat(request.slot(0, 0)).as("evicted for the other").isEqualTo(TierTable.NONE);
    assertSwapped(5, 0);
    assertThat(request.swapOut()).isEqualTo(16);
    assertSwapped(6, 3);
    assertThat(other.slot(0, 0)).isEqualTo(TierTable.NONE);
  }

  @Test
  void whereTheTierIsFullTheEndIsGivenUpForTheFront() {
    tiered = new TieredPool(16, TieredPool.tier("dram", 4));
    Request request = swappedOutAndIn("aaaabbbbccccdddd", 1);
    Request other = tiered.request("eeee").compute(4);
    other.swapOut();
    tiered.settle();
    assertThat(request.swapOut()).isEqualTo(12);
    assertThat(request.copies.count()).isEqualTo(3);
    tiered.settle();
    assertThat(tiered.residency.readableBlocks(request.chain, 0, 4)).isEqualTo(3);
    assertThat(other.state(0, 0)).isEqualTo(SlotState.RESIDENT);
  }

  @Test
  void aFullTierKeepsAPrefixAndThenNothing() {
    Request first = tiered.request("a".repeat(28)).compute(28);
    Request second = tiered.request("b".repeat(12)).compute(12);
    assertThat(first.swapOut()).isEqualTo(28);
    assertThat(second.swapOut()).isEqualTo(4);
    Request third = tiered.request("c".repeat(12)).compute(12);
    assertThat(third.swapOut()).isZero();
    assertThat(tier(0).allocatable()).isZero();
    first.leave();
    tiered.settle();
    assertThat(tier(0).allocatable()).isEqualTo(7);
  }

  @Test
  void aMoveKeepsItsSourceEvictable() {
    tiered = new TieredPool(16, TieredPool.tier("dram", 8), TieredPool.persistent("ssd", 8));
    Request request = swappedOutAndIn("aaaabbbb", 0);
    request.leave();
    tiered.residency.demote();
    CopyJob move = tiered.order();
    assertThat(move.kind()).isEqualTo(CopyKind.MOVE);
    assertThat(tier(0).allocatable()).as("two are read").isEqualTo(6);
    tiered.observe(move, CopyOutcome.DONE);
    assertThat(tier(0).allocatable()).isEqualTo(8);
    assertThat(request.state(0, 1)).isEqualTo(SlotState.RESIDENT);
    assertThat(request.state(1, 1)).isEqualTo(SlotState.RESIDENT);
    tier(0).setLimit(0);
    assertThat(tiered.residency.sourceTier(request.chain, 1)).isEqualTo(1);
  }

  @Test
  void aLimitLoweredAtRunTimeShrinksAsCopiesEnd() {
    Request stored = tiered.request("aaaabbbb").compute(8);
    stored.swapOut();
    CopyJob store = tiered.order();
    Request loaded = tiered.request("ccccdddd").compute(8);
    loaded.swapOut();
    tiered.settle();
    tiered.evictCached();
    loaded.swapIn(2);
    CopyJob load = tiered.order();
    tier(0).setLimit(1);
    assertThat(tier(0).usedSlots()).isEqualTo(4);
    assertThat(tier(0).allocatable()).isZero();
    tiered.observe(load, CopyOutcome.DONE);
    assertThat(tier(0).usedSlots()).isEqualTo(2);
    tiered.observe(store, CopyOutcome.DONE);
    assertThat(tier(0).usedSlots()).as("pinned").isEqualTo(2);
    stored.leave();
    assertThat(tier(0).usedSlots()).isEqualTo(1);
  }

  @Test
  void roomIsMadeAheadOfNeedOnlyFromUnownedCopies() {
    tiered = new TieredPool(96, TieredPool.tier("dram", 32));
    Request owned = swappedOutAndIn("abcd".repeat(16), 1);
    Request gone = swappedOutAndIn("efgh".repeat(16), 1);
    gone.leave();
    Request next = tiered.request("ijkl".repeat(4)).compute(16);
    next.swapOut();
    assertThat(tier(0).usedSlots()).as("two more than needed are free").isEqualTo(30);
    Request last = tiered.request("mnop".repeat(14)).compute(56);
    last.swapOut();
    assertThat(tier(0).usedSlots()).as("as many as needed").isEqualTo(32);
    assertThat(tier(0).evictions()).isEqualTo(4 + 2 + 12);
    assertThat(owned.slot(0, 0)).as("went last").isEqualTo(TierTable.NONE);
  }

  private Request swappedOutAndIn(String text, int rank) {
    Request request = tiered.request(text + "?").compute(text.length());
    assertThat(request.swapOut()).isEqualTo(text.length());
    swapBackIn(request, rank);
    return request;
  }

  private void swapBackIn(Request request, int rank) {
    tiered.settle();
    tiered.evictCached();
    request.swapIn(rank);
    tiered.settle(request);
    assertThat(request.restore).isNull();
  }

  private void assertSwapped(int stored, int reused) {
    assertThat(tiered.residency.totals().swapOutStored()).isEqualTo(stored);
    assertThat(tiered.residency.totals().swapOutReused()).isEqualTo(reused);
  }

  private TierTable tier(int tier) {
    return tiered.residency.tier(tier);
  }
}
