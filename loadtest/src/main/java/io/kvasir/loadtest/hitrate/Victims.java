package io.kvasir.loadtest.hitrate;

import io.kvasir.kvpool.evict.EvictionPolicy;

/**
 * Who chooses what a {@link PrefixCache} gives up. Slots are added from the tail of a prompt to its
 * front.
 */
interface Victims {
  /**
   * A slot's block is not used any more.
   *
   * @param position its index in the prompt
   * @param reach blocks of the longest prompt it was part of while cached
   * @param nextPrompt which prompt uses it next; the number of prompts if none does
   */
  void add(int slot, int position, int reach, int nextPrompt);

  /** A slot's block is used again. */
  void remove(int slot);

  /** Takes the slot to give up; there is one. */
  int poll();

  /** Tells how many blocks were computed so far. */
  void advance(long computedBlocks);

  /** The pool's own policy, told what the pool tells it. */
  static Victims of(EvictionPolicy policy) {
    return new PoolPolicy(policy, false);
  }

  /** The pool's own policy, told a block's own position where the pool tells its reach. */
  static Victims byPosition(EvictionPolicy policy) {
    return new PoolPolicy(policy, true);
  }
}
