package io.kvasir.kvpool.evict;

import java.util.Arrays;

/**
 * Several queues of block ids that share their links, so that a block costs twelve bytes however
 * many queues there are. Every operation is O(1) and none allocates. A block is in one queue at
 * most.
 *
 * <p>Confined to one thread.
 *
 * <pre>
 *   heads[q]                      tails[q]
 *      |                             |
 *      v                             v
 *   block a --next--> block b --next--> END      bucketOf[a] == bucketOf[b] == q
 * </pre>
 */
public final class BucketQueues {
  /** Answered instead of a block id where there is no block. */
  public static final int END = -1;

  private static final int NONE = -1;

  private final int[] next;
  private final int[] prev;
  private final int[] bucketOf;
  private final int[] heads;
  private final int[] tails;
  private int size;

  /** Makes empty queues 0 to {@code buckets - 1} for block ids 0 to {@code blockCount - 1}. */
  public BucketQueues(int blockCount, int buckets) {
    next = new int[blockCount];
    prev = new int[blockCount];
    bucketOf = new int[blockCount];
    heads = new int[buckets];
    tails = new int[buckets];
    Arrays.fill(bucketOf, NONE);
    Arrays.fill(heads, END);
    Arrays.fill(tails, END);
  }

  /** Blocks in all queues. */
  public int size() {
    return size;
  }

  public boolean contains(int block) {
    return bucketOf[block] != NONE;
  }

  /** The queue that a queued block is in. */
  public int bucketOf(int block) {
    requireQueued(block);
    return bucketOf[block];
  }

  /** The longest queued block of a queue, or {@link #END}. */
  public int first(int bucket) {
    return heads[bucket];
  }

  /** Puts a block at the end of a queue. */
  public void addLast(int bucket, int block) {
    if (contains(block)) {
      throw new IllegalStateException("block " + block + " is in a queue already");
    }
    int before = tails[bucket];
    bucketOf[block] = bucket;
    prev[block] = before;
    next[block] = END;
    if (before == END) {
      heads[bucket] = block;
    } else {
      next[before] = block;
    }
    tails[bucket] = block;
    size++;
  }

  /** Takes a block out of its queue. */
  public void remove(int block) {
    requireQueued(block);
    int bucket = bucketOf[block];
    int before = prev[block];
    int behind = next[block];
    if (before == END) {
      heads[bucket] = behind;
    } else {
      next[before] = behind;
    }
    if (behind == END) {
      tails[bucket] = before;
    } else {
      prev[behind] = before;
    }
    bucketOf[block] = NONE;
    size--;
  }

  private void requireQueued(int block) {
    if (!contains(block)) {
      throw new IllegalStateException("block " + block + " is in no queue");
    }
  }
}
