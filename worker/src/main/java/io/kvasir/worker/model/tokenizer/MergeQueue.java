package io.kvasir.worker.model.tokenizer;

import java.util.Arrays;

/**
 * Candidate merges of two neighbours, best first: the lowest priority value, then the leftmost. A
 * binary heap over primitive arrays, so that long texts cost no object per candidate.
 */
final class MergeQueue {

  private long[] keys = new long[64];
  private int[] spans = new int[64];
  private int size;

  /** Priority value of a score where the highest is best. */
  static int priorityOfScore(float score) {
    int bits = Float.floatToIntBits(score + 0.0f);
    return ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
  }

  /**
   * Adds a candidate.
   *
   * @param priority lowest first
   * @param left index of the left neighbour, not negative
   * @param span length of both together, to recognise a candidate that was overtaken
   */
  void add(int priority, int left, int span) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      spans = Arrays.copyOf(spans, size * 2);
    }
    long key = (long) priority << 32 | left;
    int at = size++;
    while (at > 0 && keys[(at - 1) / 2] > key) {
      keys[at] = keys[(at - 1) / 2];
      spans[at] = spans[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    keys[at] = key;
    spans[at] = span;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Left neighbour of the best candidate. */
  int left() {
    return (int) keys[0];
  }

  /** Length of both neighbours of the best candidate when it was added. */
  int span() {
    return spans[0];
  }

  /** Drops the best candidate. */
  void remove() {
    size--;
    long key = keys[size];
    int span = spans[size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child + 1] < keys[child]) {
        child++;
      }
      if (keys[child] >= key) {
        break;
      }
      keys[at] = keys[child];
      spans[at] = spans[child];
      at = child;
    }
    keys[at] = key;
    spans[at] = span;
  }
}
