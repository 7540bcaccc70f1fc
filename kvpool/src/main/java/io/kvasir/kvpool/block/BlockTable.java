package io.kvasir.kvpool.block;

import io.kvasir.kvpool.group.GroupOwner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request's block ids in order. Reused from request to request; its capacity is fixed. Only its
 * pool changes it.
 *
 * <p>Confined to the scheduler loop.
 */
public final class BlockTable {
  final BlockPool pool;
  final int[] blocks;

  /** The generation in which each block was taken. */
  final int[] generations;

  /** Asks for blocks that lie together. */
  final GroupOwner owner = new GroupOwner();

  int count;

  /** Leading blocks that {@link BlockPool#commit} has dealt with. */
  int committed;

  /** Neighbours in the pool's list of tables that hold blocks. */
  @Nullable BlockTable nextLive;

  @Nullable BlockTable previousLive;

  BlockTable(BlockPool pool, int maxBlocks) {
    this.pool = pool;
    blocks = new int[maxBlocks];
    generations = new int[maxBlocks];
  }

  /** Blocks in the table. */
  public int blockCount() {
    return count;
  }

  /** The id of the block that holds tokens {@code i * blockTokens} and following. */
  public int blockId(int i) {
    if (i < 0 || i >= count) {
      throw new IndexOutOfBoundsException("block " + i + " of a table of " + count);
    }
    return blocks[i];
  }

  /** Blocks that no other table holds: what its release gives to others. */
  public int heldAlone() {
    int alone = 0;
    for (int i = 0; i < count; i++) {
      alone += pool.meta.references[blocks[i]] == 1 ? 1 : 0;
    }
    return alone;
  }

  /** The ids of blocks {@code from} (inclusive) to {@code to} (exclusive). */
  public int[] copyOfRange(int from, int to) {
    if (from < 0 || from > to || to > count) {
      throw new IndexOutOfBoundsException(
          "blocks %d to %d of a table of %d".formatted(from, to, count));
    }
    return Arrays.copyOfRange(blocks, from, to);
  }

  /** Blocks that the table can hold. */
  public int capacity() {
    return blocks.length;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(blocks, count));
  }
}
