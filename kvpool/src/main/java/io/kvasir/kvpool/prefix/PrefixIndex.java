package io.kvasir.kvpool.prefix;

/**
 * Finds the block that holds the KV named by a 128-bit hash. One hash names at most one block.
 *
 * <p>Confined to the scheduler loop.
 */
public interface PrefixIndex {
  /** Answered by {@link #find} where no block is registered under a hash. */
  int ABSENT = -1;

  /** The block registered under a hash, or {@link #ABSENT}. */
  int find(long hi, long lo);

  /**
   * Registers a block, unless another one is registered under the hash.
   *
   * @return the block that was registered before, or {@link #ABSENT} if this one is registered now
   */
  int putIfAbsent(long hi, long lo, int block);

  /**
   * Forgets a hash.
   *
   * @throws IllegalStateException if the hash is not registered
   */
  void remove(long hi, long lo);

  /** Registered hashes. */
  int size();
}
