package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;
import java.util.Arrays;

/**
 * Which two tokens merge into which one, and in what order of preference. Open addressing over
 * primitive arrays. Immutable; any thread.
 */
final class MergeTable {

  private static final String KEY = "tokenizer.ggml.merges";
  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] results;
  private final int mask;

  MergeTable(GgufMetadata metadata, Vocabulary vocabulary) {
    String[] merges =
        metadata
            .texts(KEY)
            .orElseThrow(() -> metadata.refuse("metadata key " + KEY + " is missing"));
    int capacity = Integer.highestOneBit(Math.max(8, merges.length) * 2 - 1) * 2;
    mask = capacity - 1;
    pairs = new long[capacity];
    Arrays.fill(pairs, EMPTY);
    ranks = new int[capacity];
    results = new int[capacity];
    for (int rank = 0; rank < merges.length; rank++) {
      String merge = merges[rank];
      int space = merge.indexOf(' ', 1);
      if (space < 0 || space == merge.length() - 1) {
        throw metadata.refuse("merge " + rank + " of " + KEY + " is not two tokens: " + merge);
      }
      String left = merge.substring(0, space);
      String right = merge.substring(space + 1);
      put(
          pair(
              require(metadata, vocabulary, rank, left),
              require(metadata, vocabulary, rank, right)),
          rank,
          require(metadata, vocabulary, rank, left + right));
    }
  }

  private static int require(GgufMetadata metadata, Vocabulary vocabulary, int rank, String text) {
    int id = vocabulary.id(text);
    if (id == Vocabulary.NONE) {
      throw metadata.refuse("merge " + rank + " of " + KEY + " needs the token " + text);
    }
    return id;
  }

  private void put(long pair, int rank, int result) {
    int slot = slot(pair);
    if (pairs[slot] == EMPTY) {
      pairs[slot] = pair;
      ranks[slot] = rank;
      results[slot] = result;
    }
  }

  /** Where the pair is, or the empty slot where it would be. */
  private int slot(long pair) {
    long mixed = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed ^ mixed >>> 32) & mask;
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Adds the pair to the queue if it merges. */
  void consider(int leftId, int rightId, int left, int span, MergeQueue candidates) {
    int slot = slot(pair(leftId, rightId));
    if (pairs[slot] != EMPTY) {
      candidates.add(ranks[slot], left, span);
    }
  }

  /** The token that a pair which merges becomes. */
  int result(int leftId, int rightId) {
    return results[slot(pair(leftId, rightId))];
  }

  private static long pair(int leftId, int rightId) {
    return (long) leftId << 32 | rightId;
  }
}
