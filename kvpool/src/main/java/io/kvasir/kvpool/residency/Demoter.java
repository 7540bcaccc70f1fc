package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.Arrays;

/**
 * Copies cached blocks down before their room is needed, so that giving them up costs nothing: what
 * became cached in the device arena goes to the first tier with room, and what came to rest in a
 * tier goes to the next one, if that one outlives the process or this one is nearly full. Bounded:
 * at most an eighth of the device arena is under way, and nobody waits for it.
 *
 * <p>Confined to the scheduler loop.
 */
final class Demoter {
  private static final int SHARE = 8;
  private static final int MIN_BLOCKS = 4;

  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final int blockTokens;
  private final int maxBlocks;
  private final IdRing cached;
  private final IdRing[] resident;
  private final int[] batch;

  Demoter(BlockPool pool, Tiers tiers, CopyLedger ledger, int blockTokens) {
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
    this.blockTokens = blockTokens;
    maxBlocks = maxBlocks(pool);
    batch = new int[maxBlocks];
    cached = new IdRing(pool.totalBlocks());
    resident = new IdRing[tiers.count()];
    for (int t = 0; t < resident.length; t++) {
      resident[t] = new IdRing(tiers.get(t).spec().slotCount());
    }
    if (tiers.count() > 0) {
      pool.listen(cached::add);
    }
  }

  /** Most blocks that may be under way because nobody waits for them. */
  static int maxBlocks(BlockPool pool) {
    return Math.max(MIN_BLOCKS, pool.totalBlocks() / SHARE);
  }

  /** A copy was observed: what it brought to a tier may go on to the next. */
  void onApplied(CopyJob job, CopyResult result) {
    if (job.kind() == CopyKind.LOAD) {
      return;
    }
    int tier = job.kind() == CopyKind.STORE ? job.tier() : job.toTier();
    int[] slots = job.kind() == CopyKind.STORE ? job.slots() : job.toSlots();
    for (int i = 0; i < slots.length; i++) {
      if (result.outcomes().get(i) == CopyOutcome.DONE && tier + 1 < resident.length) {
        resident[tier].add(slots[i]);
      }
    }
  }

  /** A tier held a block when its worker connected. */
  void onRestored(int tier, int slot) {
    if (tier + 1 < resident.length) {
      resident[tier].add(slot);
    }
  }

  /** Orders what there is budget for. */
  void run() {
    int budget = maxBlocks - ledger.backgroundBlocks();
    budget -= store(budget);
    for (int t = 0; t + 1 < tiers.count(); t++) {
      if (tiers.get(t + 1).spec().persistent() || nearlyFull(tiers.get(t))) {
        budget -= move(t, budget);
      }
    }
  }

  private int store(int budget) {
    int most = Math.min(budget, tiers.room());
    int count = 0;
    while (count < most && cached.size() > 0) {
      int block = cached.poll();
      if (pool.state(block) == BlockState.CACHED
          && tiers.findAny(pool.meta().hashHi(block), pool.meta().hashLo(block)) == Tiers.NONE) {
        batch[count++] = block;
      }
    }
    // Neighbours in the arena become neighbours in the tier: one copy moves them all.
    Arrays.sort(batch, 0, count);
    ledger.expectSlots(count);
    for (int i = 0; i < count; i++) {
      long hi = pool.meta().hashHi(batch[i]);
      long lo = pool.meta().hashLo(batch[i]);
      int saltTag = pool.meta().saltTag(batch[i]);
      ledger.draftStore(batch[i], tiers.findRoom(), hi, lo, blockTokens, saltTag);
    }
    ledger.order(CopyKind.STORE, CopyUrgency.BACKGROUND, null);
    return count;
  }

  private int move(int from, int budget) {
    TierTable source = tiers.get(from);
    TierTable target = tiers.get(from + 1);
    int most = target.spec().exact() ? Math.min(budget, target.allocatable()) : 0;
    int count = 0;
    while (count < most && resident[from].size() > 0) {
      int slot = resident[from].poll();
      if (source.state(slot).readable()
          && target.find(source.meta.hashHi[slot], source.meta.hashLo[slot]) == TierTable.NONE) {
        batch[count++] = slot;
      }
    }
    Arrays.sort(batch, 0, count);
    ledger.expectSlots(count);
    for (int i = 0; i < count; i++) {
      ledger.draftMove(from, batch[i], from + 1);
    }
    ledger.orderMoves(from, from + 1);
    return count;
  }

  private static boolean nearlyFull(TierTable tier) {
    return tier.limit() - tier.usedSlots() < Math.max(1, tier.limit() / SHARE);
  }
}
