package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.evict.FreeBlockQueue;

/**
 * The evictable slots of a tier: one queue per rank, given up lowest rank first, least recently
 * used first among equals. Confined to the scheduler loop.
 */
final class RankedQueues {
  private final FreeBlockQueue[] queues = new FreeBlockQueue[SlotClaims.RANKS];

  /** The value of {@link #clock} when each slot was added. Both may wrap around. */
  private final int[] addedAt;

  private int clock;
  private int size;

  RankedQueues(int slots) {
    addedAt = new int[slots];
    for (int rank = 0; rank < queues.length; rank++) {
      queues[rank] = new FreeBlockQueue(slots);
    }
  }

  int size() {
    return size;
  }

  /** Slots of one rank. */
  int size(int rank) {
    return queues[rank].size();
  }

  /** Slots added since that one was. */
  int age(int slot) {
    return clock - addedAt[slot];
  }

  boolean contains(int slot, int rank) {
    return queues[rank].contains(slot);
  }

  void add(int slot, int rank) {
    addedAt[slot] = clock++;
    queues[rank].addLast(slot);
    size++;
  }

  void remove(int slot, int rank) {
    queues[rank].remove(slot);
    size--;
  }

  /** The slot to give up next. */
  int victim() {
    for (FreeBlockQueue queue : queues) {
      if (queue.size() > 0) {
        return queue.first();
      }
    }
    throw new IllegalStateException("nothing is evictable");
  }
}
