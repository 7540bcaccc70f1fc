package io.kvasir.kvpool.evict;

/**
 * Gives up the block whose last release is longest ago; of one request's blocks the tail goes
 * first.
 *
 * <p>Confined to the scheduler loop.
 */
public final class LruEviction implements EvictionPolicy {
  private final FreeBlockQueue queue;

  /** The value of {@link #clock} when each block was added. Both may wrap around. */
  private final int[] addedAt;

  private int clock;

  public LruEviction(int blockCount) {
    queue = new FreeBlockQueue(blockCount);
    addedAt = new int[blockCount];
  }

  @Override
  public void add(int block) {
    addedAt[block] = clock++;
    queue.addLast(block);
  }

  @Override
  public void remove(int block) {
    queue.remove(block);
  }

  @Override
  public int pollVictim() {
    int block = queue.pollFirst();
    if (block == FreeBlockQueue.END) {
      throw new IllegalStateException("no block is evictable");
    }
    return block;
  }

  @Override
  public boolean contains(int block) {
    return queue.contains(block);
  }

  /** Whether at least half as many releases ago as the next victim, the block was released. */
  @Override
  public boolean isSoonVictim(int block) {
    return clock - addedAt[block] >= (clock - addedAt[queue.first()] + 1) / 2;
  }

  @Override
  public int size() {
    return queue.size();
  }
}
