package io.kvasir.kvpool.prefix;

import java.util.Arrays;

/**
 * A prefix index with open addressing and linear probing in flat arrays, sized once for the pool
 * and never grown; it allocates nothing after construction.
 *
 * <p>Confined to the scheduler loop.
 *
 * <pre>
 *   slot        0              1              2          ...
 *   keys    | hi | lo |    | hi | lo |    | hi | lo |        long[2 * capacity]
 *   blocks  |  block  |    |  EMPTY  |    |  block  |        int[capacity]
 * </pre>
 *
 * <p>Implementation notes. The capacity is a power of two of at least twice the block count, so
 * that probes stay short at any fill. A hash is uniform already, so its low bits are its home slot.
 * Deletion moves later entries of the run back into the hole (Knuth, TAOCP 6.4, algorithm R)
 * instead of leaving a tombstone: a pool that evicts for weeks would otherwise fill with them.
 */
public final class OpenPrefixIndex implements PrefixIndex {
  private static final int MAX_ENTRIES = 1 << 28;

  private final long[] keys;
  private final int[] blocks;
  private final int mask;
  private final int maxEntries;
  private int size;

  /** Makes an empty index for up to {@code maxEntries} hashes. */
  public OpenPrefixIndex(int maxEntries) {
    if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "maxEntries must be 1 to %d, is %d".formatted(MAX_ENTRIES, maxEntries));
    }
    int capacity = Integer.highestOneBit(2 * maxEntries - 1) << 1;
    this.maxEntries = maxEntries;
    keys = new long[2 * capacity];
    blocks = new int[capacity];
    Arrays.fill(blocks, ABSENT);
    mask = capacity - 1;
  }

  @Override
  public int find(long hi, long lo) {
    return blocks[slotOf(hi, lo)];
  }

  @Override
  public int putIfAbsent(long hi, long lo, int block) {
    int slot = slotOf(hi, lo);
    int known = blocks[slot];
    if (known != ABSENT) {
      return known;
    }
    if (size == maxEntries) {
      throw new IllegalStateException("the index is full: " + maxEntries + " hashes");
    }
    set(slot, hi, lo, block);
    size++;
    return ABSENT;
  }

  @Override
  public void remove(long hi, long lo) {
    int hole = slotOf(hi, lo);
    if (blocks[hole] == ABSENT) {
      throw new IllegalStateException("hash %016x%016x is not registered".formatted(hi, lo));
    }
    for (int slot = next(hole); blocks[slot] != ABSENT; slot = next(slot)) {
      int home = home(keys[2 * slot + 1]);
      // The entry may move back only if the hole is not before its home.
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        set(hole, keys[2 * slot], keys[2 * slot + 1], blocks[slot]);
        hole = slot;
      }
    }
    blocks[hole] = ABSENT;
    size--;
  }

  @Override
  public int size() {
    return size;
  }

  /** The slot that holds a hash, or the empty one where it would go. */
  private int slotOf(long hi, long lo) {
    int slot = home(lo);
    while (blocks[slot] != ABSENT && (keys[2 * slot + 1] != lo || keys[2 * slot] != hi)) {
      slot = next(slot);
    }
    return slot;
  }

  private void set(int slot, long hi, long lo, int block) {
    keys[2 * slot] = hi;
    keys[2 * slot + 1] = lo;
    blocks[slot] = block;
  }

  private int home(long lo) {
    return (int) lo & mask;
  }

  private int next(int slot) {
    return (slot + 1) & mask;
  }
}
