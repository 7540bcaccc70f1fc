package io.kvasir.kvpool.block;

import io.kvasir.kvpool.evict.EvictionPolicy;
import io.kvasir.kvpool.group.SlotAllocator;
import io.kvasir.kvpool.prefix.PrefixIndex;

/**
 * Gives up CACHED blocks, if it can in runs. A pool in service is full of cached blocks, and were
 * each block to grow by evicted singly, in the policy's order, no two blocks of a request would lie
 * together before long. So the cached neighbours of a victim are given up with it, those that it
 * would soon be the turn of; and that is preferred to splitting what is kept for another owner.
 * What this costs is bounded: no block is evicted ahead of need when a sixteenth of all is FREE.
 *
 * <p>Confined to the scheduler loop.
 */
final class Evictor {
  /** At most one in so many blocks is FREE for no other reason than contiguity. */
  private static final int AHEAD_SHARE = 16;

  private final BlockMeta meta;
  private final SlotAllocator slots;
  private final EvictionPolicy evictable;
  private final PrefixIndex index;
  private final int aheadMax;

  Evictor(BlockMeta meta, SlotAllocator slots, EvictionPolicy evictable, PrefixIndex index) {
    this.meta = meta;
    this.slots = slots;
    this.evictable = evictable;
    this.index = index;
    aheadMax = meta.blockCount / AHEAD_SHARE;
  }

  /** Evicts until {@code count} blocks are FREE; there are as many FREE and CACHED ones. */
  void makeRoom(int count) {
    while (slots.free() < count) {
      evictRun();
    }
  }

  /** Evicts ahead of need, as far as that is allowed, if the table's next block begins a piece. */
  void makeRun(BlockTable table) {
    while (slots.free() < aheadMax && evictable.size() > 0 && slots.pressed(table.owner)) {
      evictRun();
    }
  }

  /** Evicts a block if it is CACHED. */
  void evictCached(int block) {
    if (meta.state(block) == BlockState.CACHED) {
      evict(block);
    }
  }

  /** Evicts every CACHED block. */
  void evictAll() {
    while (evictable.size() > 0) {
      drop(evictable.pollVictim());
    }
  }

  /** Evicts the policy's victim, and of its neighbours at most a group. */
  private void evictRun() {
    int first = evictable.pollVictim();
    int last = first;
    drop(first);
    boolean extended = true;
    while (extended && slots.free() < aheadMax && last - first + 1 < slots.groupSlots()) {
      if (evictNeighbour(first - 1)) {
        first--;
      } else if (evictNeighbour(last + 1)) {
        last++;
      } else {
        extended = false;
      }
    }
  }

  private boolean evictNeighbour(int block) {
    boolean evicts =
        block >= 0
            && block < meta.blockCount
            && evictable.contains(block)
            && evictable.isSoonVictim(block);
    if (evicts) {
      evict(block);
    }
    return evicts;
  }

  private void evict(int block) {
    evictable.remove(block);
    drop(block);
  }

  private void drop(int block) {
    meta.move(block, BlockState.FREE);
    index.remove(meta.hashHi[block], meta.hashLo[block]);
    slots.free(block);
  }
}
