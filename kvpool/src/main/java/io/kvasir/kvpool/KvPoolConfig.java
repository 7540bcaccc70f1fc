package io.kvasir.kvpool;

import io.kvasir.kvpool.evict.EvictionKind;
import io.kvasir.kvpool.group.GroupSizes;

/**
 * The limits of one pool.
 *
 * @param blockCount blocks in the pool, at least 1
 * @param blockTokens tokens in one block, at least 1
 * @param maxBlocksPerRequest capacity of one block table in blocks, at least 1
 * @param prefixCaching whether full blocks are registered, matched and shared
 * @param groups blocks set aside at a time for a request's growth
 * @param eviction which cached block is given up first
 */
public record KvPoolConfig(
    int blockCount,
    int blockTokens,
    int maxBlocksPerRequest,
    boolean prefixCaching,
    GroupSizes groups,
    EvictionKind eviction) {

  /** Limits with the default group sizes; the least recently used block is given up first. */
  public KvPoolConfig(
      int blockCount, int blockTokens, int maxBlocksPerRequest, boolean prefixCaching) {
    this(blockCount, blockTokens, maxBlocksPerRequest, prefixCaching, GroupSizes.DEFAULT);
  }

  /** Limits of a pool that gives up the least recently used block first. */
  public KvPoolConfig(
      int blockCount,
      int blockTokens,
      int maxBlocksPerRequest,
      boolean prefixCaching,
      GroupSizes groups) {
    this(blockCount, blockTokens, maxBlocksPerRequest, prefixCaching, groups, EvictionKind.LRU);
  }

  public KvPoolConfig {
    requirePositive("blockCount", blockCount);
    requirePositive("blockTokens", blockTokens);
    requirePositive("maxBlocksPerRequest", maxBlocksPerRequest);
    // Token counts are ints everywhere, so a full table must be countable in tokens.
    if ((long) maxBlocksPerRequest * blockTokens > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "maxBlocksPerRequest * blockTokens must be at most 2147483647, is %d * %d"
              .formatted(maxBlocksPerRequest, blockTokens));
    }
  }

  private static void requirePositive(String field, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be at least 1, is " + value);
    }
  }
}
