package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/** The lower tiers of one worker, fastest first. Confined to the scheduler loop. */
final class Tiers {
  /** Answered instead of a tier's number where there is none. */
  static final int NONE = -1;

  private final TierTable[] tables;
  private int lastGeneration;

  Tiers(List<TierSpec> specs) {
    tables = specs.stream().map(TierTable::new).toArray(TierTable[]::new);
  }

  int count() {
    return tables.length;
  }

  TierTable get(int tier) {
    return tables[tier];
  }

  /** The tier that holds or is about to hold a block. */
  int findAny(long hi, long lo) {
    for (int t = 0; t < tables.length; t++) {
      if (tables[t].find(hi, lo) != TierTable.NONE) {
        return t;
      }
    }
    return NONE;
  }

  /** The fastest tier that a block can be loaded from. */
  int findReadable(long hi, long lo) {
    for (int t = 0; t < tables.length; t++) {
      int slot = tables[t].find(hi, lo);
      if (slot != TierTable.NONE && tables[t].state(slot).readable()) {
        return t;
      }
    }
    return NONE;
  }

  /**
   * Whether a tier may hold blocks with that salt tag: a lossy codec changes what is stored, so
   * only blocks of the lossy domain may go there.
   */
  boolean admits(int tier, int saltTag) {
    return tables[tier].spec().exact() || SaltTag.lossy(saltTag);
  }

  /** Slots of a tier that blocks with that salt tag can take now; 0 where they may not be. */
  int room(int tier, int saltTag) {
    TierTable table = tables[tier];
    return admits(tier, saltTag)
        ? Math.min(table.allocatable(), table.meta.shares.room(saltTag))
        : 0;
  }

  /** Whether the owner of blocks with that salt tag has used up its quota of a tier. */
  boolean overQuota(int tier, int saltTag) {
    return tables[tier].meta.shares.room(saltTag) == 0;
  }

  /** Whether the owner of blocks with that salt tag has a quota of any tier. */
  boolean limits(int saltTag) {
    for (TierTable table : tables) {
      if (table.meta.shares.quota(SaltTag.owner(saltTag)) != TierShares.ANY) {
        return true;
      }
    }
    return false;
  }

  /**
   * The first tier below that one which may hold blocks with that salt tag; NONE if there is none.
   *
   * @param tier NONE: the device arena
   */
  int below(int tier, int saltTag) {
    for (int t = tier + 1; t < tables.length; t++) {
      if (admits(t, saltTag)) {
        return t;
      }
    }
    return NONE;
  }

  /** Ends the pin of one of a request's copies, if there is one. */
  void unpin(RequestCopies copies, int i, int rank) {
    if (copies.has(i)) {
      tables[copies.tiers[i]].unpin(copies.slots[i], copies.lives[i], rank);
    }
  }

  /** Ends the pins of a request's copies; it owns them from now on, if the rank is above 0. */
  void unpin(RequestCopies copies, int rank) {
    if (copies.pinned) {
      for (int i = 0; i < copies.count; i++) {
        unpin(copies, i, rank);
      }
      copies.pinned = false;
      copies.rank = rank;
    }
  }

  /** A request neither needs nor owns its copies any more. */
  void forget(RequestCopies copies) {
    unpin(copies, 0);
    for (int i = 0; i < copies.count; i++) {
      if (copies.has(i)) {
        tables[copies.tiers[i]].disown(copies.slots[i], copies.lives[i], copies.rank);
      }
    }
    copies.clear();
  }

  /** The same, and what nobody else needs or owns is given up at once. */
  void drop(RequestCopies copies) {
    unpin(copies, 0);
    for (int i = 0; i < copies.count; i++) {
      TierTable table = copies.has(i) ? tables[copies.tiers[i]] : null;
      int slot = copies.slots[i];
      if (table != null && table.holds(slot, copies.lives[i])) {
        table.disown(slot, copies.lives[i], copies.rank);
        if (table.meta.pins[slot] == 0 && table.meta.ranks[slot] == 0) {
          table.evict(slot);
        }
      }
    }
    copies.clear();
  }

  /** A number no record has yet. */
  int nextGeneration() {
    return ++lastGeneration;
  }

  /** A record with this number exists. */
  void generationSeen(int generation) {
    lastGeneration = Math.max(lastGeneration, generation);
  }
}
