package io.kvasir.scheduler.session;

/**
 * How much KV a tenant's sessions may protect, over arena and tiers together, whatever the worker's
 * blocks measure.
 */
public sealed interface KvQuota {

  /** So many blocks; 0: hints are off. */
  record Blocks(long count) implements KvQuota {
    public Blocks {
      if (count < 0) {
        throw new IllegalArgumentException("blocks must not be negative, are " + count);
      }
    }
  }

  /** As many blocks as so many bytes hold. */
  record Bytes(long count) implements KvQuota {
    public Bytes {
      if (count < 0) {
        throw new IllegalArgumentException("bytes must not be negative, are " + count);
      }
    }
  }

  /** One part in {@code divisor} of all blocks of arena and tiers, at least one block. */
  record Share(int divisor) implements KvQuota {
    public Share {
      if (divisor < 1) {
        throw new IllegalArgumentException("divisor must be at least 1, is " + divisor);
      }
    }
  }

  /**
   * The quota in blocks of a worker.
   *
   * @param blockBytes bytes of one block
   * @param totalBlocks blocks of arena and tiers
   */
  default int blocks(long blockBytes, long totalBlocks) {
    long blocks =
        switch (this) {
          case Blocks quota -> quota.count();
          case Bytes quota -> quota.count() / blockBytes;
          case Share quota -> Math.max(1, totalBlocks / quota.divisor());
        };
    return (int) Math.min(blocks, Integer.MAX_VALUE);
  }
}
