package io.kvasir.kvpool.evict;

/**
 * Gives up the block whose last release is longest ago; of one request's blocks the tail goes
 * first.
 *
 * <p>Confined to the scheduler loop.
 */
public final class LruEviction implements EvictionPolicy {
  private final FreeBlockQueue queue;

  public LruEviction(int blockCount) {
    queue = new FreeBlockQueue(blockCount);
  }

  @Override
  public void add(int block) {
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

  @Override
  public int size() {
    return queue.size();
  }
}
