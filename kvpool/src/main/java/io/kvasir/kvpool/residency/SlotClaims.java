package io.kvasir.kvpool.residency;

/**
 * Who needs the slots of a tier, and in which order those that nobody needs right now are given up.
 * A pin protects a slot. A slot without pins is evictable while it rests, that is while it is
 * RESIDENT: lowest rank first, least recently used first among equals. Its rank is the highest of
 * the running requests that own the copy, 0 if none does.
 *
 * <p>Confined to the scheduler loop. Allocates nothing after construction.
 */
final class SlotClaims {
  /** Ranks are 0 to RANKS - 1. */
  static final int RANKS = 4;

  private final SlotMeta meta;
  private final RankedQueues evictable;

  SlotClaims(SlotMeta meta) {
    this.meta = meta;
    evictable = new RankedQueues(meta.slotCount);
  }

  /** Slots that may be given up now. */
  int evictable() {
    return evictable.size();
  }

  /** Whether one of them has that rank. */
  boolean hasEvictable(int rank) {
    return evictable.hasAny(rank);
  }

  /** How many slots became evictable since that evictable one did. */
  int age(int slot) {
    return evictable.age(slot);
  }

  /** The slot to give up next. */
  int victim() {
    return evictable.victim();
  }

  boolean isEvictable(int slot, int rank) {
    return evictable.contains(slot, rank);
  }

  /** A slot became RESIDENT. */
  void rest(int slot) {
    if (meta.pins[slot] == 0) {
      rests(slot, meta.ranks[slot]);
    }
  }

  /** A slot is RESIDENT no more. */
  void stir(int slot) {
    if (meta.pins[slot] == 0) {
      stirs(slot, meta.ranks[slot]);
    }
  }

  void pin(int slot) {
    if (meta.pins[slot] == 0 && resting(slot)) {
      stirs(slot, meta.ranks[slot]);
    }
    meta.pins[slot]++;
  }

  /**
   * Ends a pin. Whoever held it owns the copy with that rank from now on, unless the rank is 0.
   *
   * @throws IllegalStateException if nobody pins the slot; nothing is changed
   */
  void unpin(int slot, int rank) {
    requireRank(rank);
    if (meta.pins[slot] == 0) {
      throw new IllegalStateException("slot " + slot + " is not pinned");
    }
    meta.pins[slot]--;
    meta.addOwner(slot, rank, 1);
    if (meta.pins[slot] == 0 && resting(slot)) {
      rests(slot, meta.ranks[slot]);
    }
  }

  /**
   * An owner of that rank owns the copy no more.
   *
   * @throws IllegalStateException if there is none; nothing is changed
   */
  void disown(int slot, int rank) {
    requireRank(rank);
    if (rank > 0 && meta.owners(slot, rank) == 0) {
      throw new IllegalStateException("nobody of rank %d owns slot %d".formatted(rank, slot));
    }
    int before = meta.ranks[slot];
    meta.addOwner(slot, rank, -1);
    if (meta.ranks[slot] != before && meta.pins[slot] == 0 && resting(slot)) {
      stirs(slot, before);
      rests(slot, meta.ranks[slot]);
    }
  }

  private void rests(int slot, int rank) {
    evictable.add(slot, rank);
    meta.shares.rest(slot, rank);
  }

  private void stirs(int slot, int rank) {
    evictable.remove(slot, rank);
    meta.shares.stir(slot, rank);
  }

  private boolean resting(int slot) {
    return meta.state(slot) == SlotState.RESIDENT;
  }

  private static void requireRank(int rank) {
    if (rank < 0 || rank >= RANKS) {
      throw new IllegalArgumentException("rank must be 0 to %d, is %d".formatted(RANKS - 1, rank));
    }
  }
}
