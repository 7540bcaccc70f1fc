package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept is found again, and nobody is starved by it. */
final class BlockKeeperTest {

  private static List<KeptBlock> keep(TieredPool tiered, Request request, CopyUrgency urgency) {
    BlockKeeper keeper = tiered.residency.keeper();
    List<KeptBlock> blocks = new ArrayList<>();
    for (int i = 0; i < request.chain.blocks(); i++) {
      blocks.add(keeper.claim(request.chain.hi(i), request.chain.lo(i), request.chain.saltTag()));
    }
    keeper.expectStores(blocks.size());
    blocks.forEach(block -> keeper.place(block, urgency));
    keeper.order(urgency);
    tiered.check();
    return blocks;
  }

  @Test
  void isHeldInTheArenaWhereThereIsNoTier() {
    TieredPool tiered = new TieredPool(16);
    Request request = tiered.request("a".repeat(16)).compute(16);
    List<KeptBlock> blocks = keep(tiered, request, CopyUrgency.BACKGROUND);
    request.leave();
    tiered.evictCached();
    BlockKeeper keeper = tiered.residency.keeper();
    assertThat(keeper.count(BlockKeeper.ARENA)).isEqualTo(4);
    assertThat(tiered.pool.matchPrefix(request.chain, 4)).isEqualTo(4);
    blocks.forEach(keeper::release);
    tiered.check();
    assertThat(tiered.pool.cachedBlocks()).isEqualTo(4);
  }

  @Test
  void isStoredAndPinnedInAtMostHalfOfATier() {
    TieredPool tiered = new TieredPool(64, TieredPool.tier("dram", 8), TieredPool.tier("cxl", 64));
    Request request = tiered.request("a".repeat(40)).compute(40);
    keep(tiered, request, CopyUrgency.SWAP_OUT);
    assertThat(tiered.residency.keeper().count(0)).isEqualTo(4);
    assertThat(tiered.residency.keeper().count(1)).isEqualTo(6);
    tiered.settle();
    request.leave();
    tiered.evictCached();
    assertThat(tiered.residency.readableBlocks(request.chain, 0, 10)).isEqualTo(10);
    Request other = tiered.request("b".repeat(16)).compute(16);
    assertThat(other.swapOut()).as("there is room for a swap-out").isEqualTo(16);
  }

  @Test
  void isStoredInTheBackgroundALittleAtATime() {
    TieredPool tiered = new TieredPool(64, TieredPool.tier("dram", 64));
    Request request = tiered.request("a".repeat(80)).compute(80);
    keep(tiered, request, CopyUrgency.BACKGROUND);
    BlockKeeper keeper = tiered.residency.keeper();
    assertThat(keeper.count(0)).as("an eighth of the arena").isEqualTo(8);
    assertThat(keeper.count(BlockKeeper.ARENA)).isEqualTo(12);
    request.leave();
    for (int turn = 0; turn < 2; turn++) {
      tiered.settle();
      keeper.run();
    }
    assertThat(keeper.count(0)).isEqualTo(20);
    assertThat(keeper.count(BlockKeeper.ARENA)).isZero();
    tiered.settle();
  }

  @Test
  void leavesTheArenaWhenItsCopyWasObservedAndComesBackAsCached() {
    TieredPool tiered = new TieredPool(16, TieredPool.tier("dram", 16));
    Request request = tiered.request("a".repeat(16)).compute(16);
    List<KeptBlock> blocks = keep(tiered, request, CopyUrgency.SWAP_OUT);
    BlockKeeper keeper = tiered.residency.keeper();
    blocks.forEach(block -> assertThat(keeper.sendDown(block)).isTrue());
    keeper.order(CopyUrgency.SWAP_OUT);
    request.leave();
    keeper.run();
    assertThat(tiered.pool.freeBlocks()).as("being copied").isEqualTo(12);
    tiered.settle();
    keeper.run();
    assertThat(tiered.pool.freeBlocks()).isEqualTo(16);
    assertThat(keeper.prefetch(blocks, 16)).isEqualTo(4);
    CopyJob job = tiered.order();
    assertThat(job.kind()).isEqualTo(CopyKind.LOAD);
    assertThat(job.urgency()).isEqualTo(CopyUrgency.PREFETCH);
    tiered.observe(job, CopyOutcome.DONE);
    assertThat(tiered.pool.matchPrefix(request.chain, 4)).isEqualTo(4);
    assertThat(tiered.pool.cachedBlocks()).isEqualTo(4);
    assertThat(blocks.getFirst().takePrefetched()).isTrue();
    assertThat(blocks.getFirst().takePrefetched()).isFalse();
  }

  @Test
  void noticesThatItsCopyWasLostAndIsKeptAgainWhereItIs() {
    TieredPool tiered = new TieredPool(16, TieredPool.tier("dram", 16));
    Request request = tiered.request("a".repeat(16)).compute(16);
    List<KeptBlock> blocks = keep(tiered, request, CopyUrgency.SWAP_OUT);
    tiered.observe(tiered.order(), CopyOutcome.FAILED);
    BlockKeeper keeper = tiered.residency.keeper();
    assertThat(keeper.isProtected(blocks.getFirst())).isFalse();
    assertThat(keeper.place(blocks.getFirst(), CopyUrgency.BACKGROUND)).isTrue();
    keeper.order(CopyUrgency.BACKGROUND);
    request.leave();
    assertThat(keeper.isProtected(blocks.getFirst())).isTrue();
    tiered.settle();
    tiered.evictCached();
    assertThat(keeper.place(blocks.getLast(), CopyUrgency.BACKGROUND)).as("is gone").isFalse();
  }

  @Test
  void prefetchingEvictsNothingOfTheSamePrefix() {
    TieredPool tiered = new TieredPool(8, TieredPool.tier("dram", 32));
    Request request = tiered.request("a".repeat(32)).compute(32);
    List<KeptBlock> blocks = keep(tiered, request, CopyUrgency.SWAP_OUT);
    tiered.settle();
    request.leave();
    Request other = tiered.request("b".repeat(16)).compute(16);
    other.leave();
    assertThat(tiered.pool.matchPrefix(request.chain, 8)).isEqualTo(4);
    BlockKeeper keeper = tiered.residency.keeper();
    assertThat(keeper.prefetch(blocks, 3)).as("no more than asked for").isEqualTo(3);
    tiered.settle();
    assertThat(tiered.pool.matchPrefix(request.chain, 8)).isEqualTo(7);
    assertThat(keeper.prefetch(blocks, 8)).isEqualTo(1);
    tiered.settle();
    assertThat(tiered.pool.matchPrefix(request.chain, 8)).isEqualTo(8);
  }
}
