package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Loads blocks into the arena before anybody wants them. They are cached blocks when they have
 * arrived; a request that comes earlier loads them itself. Confined to the scheduler loop.
 */
final class Prefetch {
  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;

  Prefetch(BlockPool pool, Tiers tiers, CopyLedger ledger) {
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
  }

  /** See {@link BlockKeeper#prefetch}. */
  int run(List<KeptBlock> blocks, int most) {
    int[] present = new int[blocks.size()];
    List<KeptBlock> absent = new ArrayList<>();
    int found = 0;
    int cached = 0;
    for (KeptBlock block : blocks) {
      int id = pool.find(block.hi, block.lo);
      boolean there = id != PrefixIndex.ABSENT;
      // What is there and cached cannot be evicted for what is not.
      int stays = cached + (there && pool.state(id) == BlockState.CACHED ? 1 : 0);
      int fresh = absent.size() + (there ? 0 : 1);
      boolean fits = fresh <= most && fresh + stays <= pool.freeBlocks() + pool.cachedBlocks();
      if (!fits || (!there && tiers.findReadable(block.hi, block.lo) == Tiers.NONE)) {
        break;
      }
      cached = stays;
      if (there) {
        present[found++] = id;
      } else {
        absent.add(block);
      }
    }
    load(present, found, absent.size(), i -> absent.get(i).hi, i -> absent.get(i).lo);
    absent.forEach(block -> block.prefetched = true);
    return absent.size();
  }

  /**
   * Orders loads of readable blocks into new ones, for which there is room.
   *
   * @param present blocks of the arena that are not evicted for them
   * @param found how many those are
   * @param count blocks to load
   * @param hi upper half of the hash of each
   * @param lo lower half
   */
  void load(int[] present, int found, int count, IntToLongFunction hi, IntToLongFunction lo) {
    if (count == 0) {
      return;
    }
    BlockTable table = pool.newTable(found + count);
    pool.share(table, present, found);
    pool.allocate(table, count);
    for (int i = 0; i < count; i++) {
      int tier = tiers.findReadable(hi.applyAsLong(i), lo.applyAsLong(i));
      int slot = tiers.get(tier).find(hi.applyAsLong(i), lo.applyAsLong(i));
      ledger.draftLoad(tier, slot, table.blockId(found + i), i);
    }
    ledger.order(CopyKind.LOAD, CopyUrgency.PREFETCH, null);
    // From here on only the copies use the new blocks.
    pool.release(table);
  }
}
