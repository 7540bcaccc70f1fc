package io.kvasir.kvpool.residency;

/**
 * Gives up resident blocks for a batch, if it can in runs. A tier in service is full, and were each
 * slot freed singly, in the order of last use, a batch would find no two that lie together before
 * long. So the neighbours of a victim are given up with it, those that it would soon be the turn
 * of, and of copies that nobody owns a few more than the batch needs.
 *
 * <p>What this costs is bounded: a sixteenth of the limit is free for no other reason than
 * contiguity, and a block that a request owns never goes ahead of need. Confined to the scheduler
 * loop.
 */
final class RoomMaker {
  private static final int AHEAD_SHARE = 16;

  private final TierTable tier;
  private final SlotClaims claims;

  RoomMaker(TierTable tier) {
    this.tier = tier;
    claims = tier.claims;
  }

  /** Evicts for {@code count} slots, of which there are as many free or evictable. */
  void make(int count) {
    while (free() < count) {
      evictRun(count - free());
    }
    int ahead = count + tier.limit() / AHEAD_SHARE;
    while (count > 0 && free() < ahead && claims.hasEvictable(0)) {
      evictRun(ahead - free());
    }
  }

  /**
   * Evicts what the owner of one more block with that tag has to give up for its quota, the oldest
   * first; false if that is not enough.
   */
  static boolean makeWithinQuota(TierTable tier, int saltTag) {
    TierShares shares = tier.meta.shares;
    for (int own = shares.excess(saltTag, 1);
        own != TierTable.NONE;
        own = shares.excess(saltTag, 1)) {
      tier.evict(own);
    }
    return !shares.full(saltTag);
  }

  private int free() {
    return tier.limit() - tier.usedSlots();
  }

  /** Evicts the next victim and its neighbours, {@code most} slots or fewer. */
  private void evictRun(int most) {
    int first = claims.victim();
    int last = first;
    int age = claims.age(first);
    int rank = tier.meta.ranks[first];
    tier.evict(first);
    boolean extended = true;
    while (extended && last - first + 1 < most) {
      if (evictNeighbour(last + 1, rank, age)) {
        last++;
      } else if (evictNeighbour(first - 1, rank, age)) {
        first--;
      } else {
        extended = false;
      }
    }
  }

  private boolean evictNeighbour(int slot, int rank, int age) {
    boolean evicts =
        slot >= 0
            && slot < tier.meta.slotCount
            && claims.isEvictable(slot, rank)
            && claims.age(slot) >= (age + 1) / 2;
    if (evicts) {
      tier.evict(slot);
    }
    return evicts;
  }
}
