package io.kvasir.worker.sample;

/**
 * Token ids by falling score, of equal scores the lowest id first: a binary heap, so that the first
 * few of many cost one pass over all and a logarithm each.
 */
final class TokenHeap {
  private final int[] ids;
  private float[] scores = new float[0];
  private int size;

  TokenHeap(int capacity) {
    ids = new int[capacity];
  }

  /** Starts over with all ids; {@code scores} is read until the last {@link #pop}. */
  void build(float[] scores) {
    this.scores = scores;
    size = ids.length;
    for (int i = 0; i < size; i++) {
      ids[i] = i;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i);
    }
  }

  /** Takes the first id out; the heap must not be empty. */
  int pop() {
    int first = ids[0];
    ids[0] = ids[--size];
    siftDown(0);
    return first;
  }

  private void siftDown(int hole) {
    int id = ids[hole];
    while (true) {
      int child = 2 * hole + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(ids[child + 1], ids[child])) {
        child++;
      }
      if (!before(ids[child], id)) {
        break;
      }
      ids[hole] = ids[child];
      hole = child;
    }
    ids[hole] = id;
  }

  private boolean before(int a, int b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
  }
}
