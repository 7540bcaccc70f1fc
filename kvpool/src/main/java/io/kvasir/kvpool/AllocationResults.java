package io.kvasir.kvpool;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import org.jspecify.annotations.Nullable;

/**
 * Hands out {@link Allocation} values and keeps those it made, so that a pool in steady state
 * creates none. Grants without sharing and shortages up to the size of one table are kept exactly;
 * grants with sharing are kept in a direct-mapped cache, where a conflict costs one new record.
 */
final class AllocationResults {
  private static final int SHARING_SLOTS = 1024;

  private final @Nullable Granted[] unshared;
  private final @Nullable Granted[] sharing = new Granted[SHARING_SLOTS];
  private final @Nullable Insufficient[] insufficient;

  AllocationResults(int maxBlocksPerRequest) {
    unshared = new Granted[maxBlocksPerRequest + 1];
    insufficient = new Insufficient[maxBlocksPerRequest + 1];
  }

  Granted granted(int newBlocks, int sharedBlocks) {
    @Nullable Granted[] cache = sharedBlocks == 0 ? unshared : sharing;
    int slot = sharedBlocks == 0 ? newBlocks : sharingSlot(newBlocks, sharedBlocks);
    Granted known = cache[slot];
    if (known != null && known.newBlocks() == newBlocks && known.sharedBlocks() == sharedBlocks) {
      return known;
    }
    Granted made = new Granted(newBlocks, sharedBlocks);
    cache[slot] = made;
    return made;
  }

  Insufficient insufficient(int missingBlocks) {
    if (missingBlocks >= insufficient.length) {
      return new Insufficient(missingBlocks);
    }
    Insufficient known = insufficient[missingBlocks];
    if (known == null) {
      known = new Insufficient(missingBlocks);
      insufficient[missingBlocks] = known;
    }
    return known;
  }

  private static int sharingSlot(int newBlocks, int sharedBlocks) {
    // Small pairs (new < 32, shared < 32) never collide.
    return (newBlocks + (sharedBlocks << 5)) & (SHARING_SLOTS - 1);
  }
}
