package io.kvasir.kvpool.residency;

/**
 * A first-in, first-out queue of ids in which each id is at most once. Sized once; allocates
 * nothing after that. Confined to the scheduler loop.
 */
final class IdRing {
  /** Answered where there is none. */
  static final int NONE = -1;

  private final int[] ids;
  private final boolean[] queued;
  private int first;
  private int size;

  IdRing(int idCount) {
    ids = new int[idCount];
    queued = new boolean[idCount];
  }

  int size() {
    return size;
  }

  /** Adds an id, unless it is in already. */
  void add(int id) {
    if (!queued[id]) {
      queued[id] = true;
      ids[(first + size++) % ids.length] = id;
    }
  }

  /** Takes the oldest; {@link #NONE} if it is empty. */
  int poll() {
    if (size == 0) {
      return NONE;
    }
    int id = ids[first];
    first = (first + 1) % ids.length;
    size--;
    queued[id] = false;
    return id;
  }
}
