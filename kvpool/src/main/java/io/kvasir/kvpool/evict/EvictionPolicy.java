package io.kvasir.kvpool.evict;

/**
 * Decides which cached block is given up first. The pool tells it every block that becomes
 * evictable or stops being so; between {@link #add} and the matching {@link #remove} or {@link
 * #pollVictim} nobody references the block and its KV is intact.
 *
 * <p>Confined to the scheduler loop.
 */
public interface EvictionPolicy {

  /**
   * A block lost its last reference. A request's blocks are added from its tail to its front, so
   * that the ones that fewer requests can share come first.
   */
  void add(int block);

  /**
   * As {@link #add(int)}, for a policy that asks how long the sequences are.
   *
   * @param reach length, in blocks, of the longest request that was released with this block in its
   *     table, and so at least the block's position plus one
   */
  default void add(int block, int reach) {
    add(block);
  }

  /**
   * Tells the time to a policy that asks for it.
   *
   * @param now blocks allocated so far; never less than before
   */
  default void advance(long now) {}

  /** A block was matched again and is referenced from now on. */
  void remove(int block);

  /**
   * Takes the block to give up next.
   *
   * @throws IllegalStateException if no block is evictable
   */
  int pollVictim();

  boolean contains(int block);

  /**
   * Whether an evictable block would be given up before long anyway, so that little is lost if it
   * goes now, together with its neighbour.
   */
  boolean isSoonVictim(int block);

  /** Blocks that can be given up. */
  int size();
}
