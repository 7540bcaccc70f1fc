package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.evict.BucketQueues;

/**
 * The evictable slots of a tier: one queue per rank, given up lowest rank first, least recently
 * used first among equals; 16 bytes per slot. Confined to the scheduler loop.
 */
final class RankedQueues {
  private final BucketQueues queues;

  /** The value of {@link #clock} when each slot was added. Both may wrap around. */
  private final int[] addedAt;

  private int clock;

  RankedQueues(int slots) {
    queues = new BucketQueues(slots, SlotClaims.RANKS);
    addedAt = new int[slots];
  }

  int size() {
    return queues.size();
  }

  /** Whether there is a slot of one rank. */
  boolean hasAny(int rank) {
    return queues.first(rank) != BucketQueues.END;
  }

  /** Slots added since that one was. */
  int age(int slot) {
    return clock - addedAt[slot];
  }

  boolean contains(int slot, int rank) {
    return queues.contains(slot) && queues.bucketOf(slot) == rank;
  }

  void add(int slot, int rank) {
    addedAt[slot] = clock++;
    queues.addLast(rank, slot);
  }

  /** Takes a slot out that was added with that rank. */
  void remove(int slot, int rank) {
    if (queues.bucketOf(slot) != rank) {
      throw new IllegalStateException("slot %d is not of rank %d".formatted(slot, rank));
    }
    queues.remove(slot);
  }

  /** The slot to give up next. */
  int victim() {
    for (int rank = 0; rank < SlotClaims.RANKS; rank++) {
      if (hasAny(rank)) {
        return queues.first(rank);
      }
    }
    throw new IllegalStateException("nothing is evictable");
  }
}
