package io.kvasir.kvpool.evict;

import java.util.Arrays;

/**
 * A doubly linked queue of block ids whose links lie in two arrays indexed by block id, so that
 * every operation is O(1) and none allocates. A block is in the queue at most once.
 *
 * <p>Confined to the scheduler loop.
 *
 * <pre>
 *   head                                  tail
 *    |                                     |
 *    v                                     v
 *   block a  --next-->  block b  --next-->  block c  --next--> END
 *   END     &lt;--prev--   block a  &lt;--prev--  block b
 * </pre>
 */
public final class FreeBlockQueue {
  /** Answered instead of a block id where there is no block. */
  public static final int END = -1;

  private static final int NOT_QUEUED = -2;

  private final int[] next;
  private final int[] prev;
  private int head = END;
  private int tail = END;
  private int size;

  /** Makes an empty queue for block ids 0 to {@code blockCount - 1}. */
  public FreeBlockQueue(int blockCount) {
    next = new int[blockCount];
    prev = new int[blockCount];
    Arrays.fill(next, NOT_QUEUED);
    Arrays.fill(prev, NOT_QUEUED);
  }

  /** Blocks in the queue. */
  public int size() {
    return size;
  }

  public boolean contains(int block) {
    return next[block] != NOT_QUEUED;
  }

  /** The block that {@link #pollFirst} would take, or {@link #END}. */
  public int first() {
    return head;
  }

  /** The block behind {@code block}, or {@link #END}. */
  public int after(int block) {
    requireQueued(block);
    return next[block];
  }

  /** Puts a block in front: it will be taken next. */
  public void addFirst(int block) {
    requireNotQueued(block);
    prev[block] = END;
    next[block] = head;
    if (head == END) {
      tail = block;
    } else {
      prev[head] = block;
    }
    head = block;
    size++;
  }

  /** Puts a block at the end: it will be taken last. */
  public void addLast(int block) {
    requireNotQueued(block);
    next[block] = END;
    prev[block] = tail;
    if (tail == END) {
      head = block;
    } else {
      next[tail] = block;
    }
    tail = block;
    size++;
  }

  /** Takes the first block; {@link #END} if the queue is empty. */
  public int pollFirst() {
    int block = head;
    if (block != END) {
      remove(block);
    }
    return block;
  }

  /** Takes a block out of the middle. */
  public void remove(int block) {
    requireQueued(block);
    int before = prev[block];
    int behind = next[block];
    if (before == END) {
      head = behind;
    } else {
      next[before] = behind;
    }
    if (behind == END) {
      tail = before;
    } else {
      prev[behind] = before;
    }
    next[block] = NOT_QUEUED;
    prev[block] = NOT_QUEUED;
    size--;
  }

  private void requireQueued(int block) {
    if (!contains(block)) {
      throw new IllegalStateException("block " + block + " is not in the queue");
    }
  }

  private void requireNotQueued(int block) {
    if (contains(block)) {
      throw new IllegalStateException("block " + block + " is in the queue already");
    }
  }
}
