package io.kvasir.scheduler.policy;

/**
 * Something that can be in two {@link IndexedHeap}s at once, one per lane, and knows where.
 * Confined to the scheduler loop.
 */
abstract class HeapNode {
  private static final int NOWHERE = -1;

  private int first = NOWHERE;
  private int second = NOWHERE;

  /** Its index in the heap of that lane; negative if it is in none. */
  final int place(int lane) {
    return lane == 0 ? first : second;
  }

  final void setPlace(int lane, int place) {
    if (lane == 0) {
      first = place;
    } else {
      second = place;
    }
  }

  final void leave(int lane) {
    setPlace(lane, NOWHERE);
  }
}
