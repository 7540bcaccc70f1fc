package io.kvasir.kvpool.residency;

import java.util.Arrays;

/**
 * Which lower-tier copies one request owns, by block index. While it is swapped out they are
 * pinned; while it runs they stay where they are, so that the next swap-out moves only what was
 * written since. Only {@link Residency} changes it. Confined to the scheduler loop.
 */
public final class RequestCopies {
  static final byte NO_TIER = -1;

  final byte[] tiers;
  final int[] slots;
  final int[] lives;
  int count;
  boolean pinned;

  /** With which the request owns its copies while it runs; 0 while they are pinned. */
  int rank;

  /** Makes an empty one for requests of up to {@code maxBlocks} blocks. */
  public RequestCopies(int maxBlocks) {
    tiers = new byte[maxBlocks];
    slots = new int[maxBlocks];
    lives = new int[maxBlocks];
    Arrays.fill(tiers, NO_TIER);
  }

  /** Leading blocks that have an entry. */
  public int count() {
    return count;
  }

  /** Whether the request is swapped out: its copies are protected. */
  public boolean pinned() {
    return pinned;
  }

  /** Whether any of them is in a tier. */
  public boolean uses(int tier) {
    for (int i = 0; i < count; i++) {
      if (tiers[i] == tier) {
        return true;
      }
    }
    return false;
  }

  void set(int i, int tier, int slot, int life) {
    tiers[i] = (byte) tier;
    slots[i] = slot;
    lives[i] = life;
    count = Math.max(count, i + 1);
  }

  boolean has(int i) {
    return i < count && tiers[i] != NO_TIER;
  }

  /** Drops the entries from index {@code from} on. */
  void truncate(int from) {
    if (from < count) {
      Arrays.fill(tiers, from, count, NO_TIER);
      count = from;
    }
  }

  void clear() {
    truncate(0);
    pinned = false;
    rank = 0;
  }
}
