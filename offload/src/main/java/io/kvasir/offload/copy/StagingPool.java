package io.kvasir.offload.copy;

import io.kvasir.offload.store.arena.HostArena;
import java.util.ArrayDeque;

/**
 * The memory through which the moves out of one tier go: a fixed number of chunks of one piece,
 * each starting on a 4096-byte boundary. Guarded by the engine's lock. Pages are taken from the
 * system when a chunk is first used.
 */
final class StagingPool implements AutoCloseable {
  private static final long ALIGNMENT = 4096;

  private final HostArena arena;
  private final ArrayDeque<StagingChunk> free = new ArrayDeque<>();

  StagingPool(String name, int chunks, int chunkBlocks, long blockBytes) {
    long chunkBytes = Math.ceilDiv(chunkBlocks * blockBytes, ALIGNMENT) * ALIGNMENT;
    arena = HostArena.allocate(name, Math.multiplyExact(chunkBytes, chunks));
    for (int i = 0; i < chunks; i++) {
      free.add(
          new StagingChunk(this, arena.segment().asSlice(i * chunkBytes, chunkBytes), blockBytes));
    }
  }

  boolean isEmpty() {
    return free.isEmpty();
  }

  /** Takes a chunk; there must be one. */
  StagingChunk take() {
    return free.remove();
  }

  void give(StagingChunk chunk) {
    free.add(chunk);
  }

  @Override
  public void close() {
    arena.close();
  }
}
