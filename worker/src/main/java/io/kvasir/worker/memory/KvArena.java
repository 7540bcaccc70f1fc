package io.kvasir.worker.memory;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.offload.store.arena.HostArena;
import java.lang.foreign.MemorySegment;

/** The memory of a runner's KV blocks, in host DRAM. Confined to the worker loop. */
public final class KvArena implements AutoCloseable {
  private final BlockLayout layout;
  private final int blockCount;
  private final HostArena memory;

  /**
   * Reserves the blocks.
   *
   * @throws IllegalArgumentException if {@code blockCount} is below 1 or they exceed this machine's
   *     memory
   */
  public KvArena(BlockGeometry geometry, int blockCount) {
    if (blockCount < 1) {
      throw new IllegalArgumentException("blockCount must be at least 1, is " + blockCount);
    }
    this.layout = new BlockLayout(geometry);
    this.blockCount = blockCount;
    this.memory = HostArena.allocate("kv blocks", layout.arenaBytes(blockCount));
  }

  /** Shape of one block. */
  public BlockGeometry geometry() {
    return layout.geometry();
  }

  /** Where things lie in {@link #segment}. */
  public BlockLayout layout() {
    return layout;
  }

  /** Blocks; ids are 0 to blockCount - 1. */
  public int blockCount() {
    return blockCount;
  }

  /** The bytes of all blocks. */
  public MemorySegment segment() {
    return memory.segment();
  }

  @Override
  public void close() {
    memory.close();
  }
}
