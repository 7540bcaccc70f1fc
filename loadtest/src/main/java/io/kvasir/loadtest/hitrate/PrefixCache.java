package io.kvasir.loadtest.hitrate;

import java.util.Arrays;

/**
 * A cache of block numbers that serves one prompt after the other: it matches the longest prefix,
 * computes the rest, keeps what was computed, and lets go of all blocks from the tail to the front,
 * as the pool does. While a prompt is served none of its blocks is given up. What a prompt has
 * beyond the cache's capacity is not kept.
 */
final class PrefixCache {
  private static final int ABSENT = -1;

  private final BlockTrace trace;
  private final NextUses nextUses;
  private final Victims victims;
  private final int[] slotOf;
  private final int[] blockIn;
  private final int[] reachOf;
  private int used;
  private long computed;
  private long evicted;

  PrefixCache(BlockTrace trace, NextUses nextUses, Victims victims, int capacityBlocks) {
    this.trace = trace;
    this.nextUses = nextUses;
    this.victims = victims;
    slotOf = new int[trace.distinctBlocks()];
    blockIn = new int[capacityBlocks];
    reachOf = new int[capacityBlocks];
    Arrays.fill(slotOf, ABSENT);
  }

  /** Serves a prompt; answers how many of its leading blocks were cached. */
  int serve(int prompt) {
    int[] blocks = trace.blocks(prompt);
    int hits = 0;
    while (hits < blocks.length && slotOf[blocks[hits]] != ABSENT) {
      hits++;
    }
    computed += blocks.length - hits;
    victims.advance(computed);
    int kept = Math.min(blocks.length, blockIn.length);
    // Blocks behind a gap are computed again, and found to be there: theirs is the same slot.
    for (int i = 0; i < kept; i++) {
      if (slotOf[blocks[i]] != ABSENT) {
        victims.remove(slotOf[blocks[i]]);
      }
    }
    for (int i = hits; i < kept; i++) {
      if (slotOf[blocks[i]] == ABSENT) {
        enter(blocks[i]);
      }
    }
    for (int i = kept - 1; i >= 0; i--) {
      int slot = slotOf[blocks[i]];
      reachOf[slot] = Math.max(reachOf[slot], blocks.length);
      victims.add(slot, i, reachOf[slot], nextUses.of(prompt, i));
    }
    return hits;
  }

  private void enter(int block) {
    int slot = used;
    if (used < blockIn.length) {
      used++;
    } else {
      slot = victims.poll();
      slotOf[blockIn[slot]] = ABSENT;
      evicted++;
    }
    slotOf[block] = slot;
    blockIn[slot] = block;
    reachOf[slot] = 0;
  }

  /** Blocks given up so far. */
  long evicted() {
    return evicted;
  }
}
