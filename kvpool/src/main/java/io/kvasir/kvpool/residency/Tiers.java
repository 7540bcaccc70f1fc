package io.kvasir.kvpool.residency;

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

  /** The fastest tier with room for a block that must come back bit for bit. */
  int findRoom() {
    for (int t = 0; t < tables.length; t++) {
      if (tables[t].spec().exact() && tables[t].allocatable() > 0) {
        return t;
      }
    }
    return NONE;
  }

  /** Blocks that can be stored so that they come back bit for bit. */
  int room() {
    int room = 0;
    for (TierTable table : tables) {
      room += table.spec().exact() ? table.allocatable() : 0;
    }
    return room;
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

  /** A number no record has yet. */
  int nextGeneration() {
    return ++lastGeneration;
  }

  /** A record with this number exists. */
  void generationSeen(int generation) {
    lastGeneration = Math.max(lastGeneration, generation);
  }
}
