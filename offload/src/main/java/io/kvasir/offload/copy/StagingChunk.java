package io.kvasir.offload.copy;

import java.lang.foreign.MemorySegment;

/**
 * Room for one piece of a move between its read and its write. Guarded by the engine's lock, but
 * for the bytes, which belong to the thread that carries the piece.
 */
final class StagingChunk {
  private final StagingPool pool;
  private final MemorySegment bytes;
  private final long blockBytes;
  private int first;
  private int pending;

  StagingChunk(StagingPool pool, MemorySegment bytes, long blockBytes) {
    this.pool = pool;
    this.bytes = bytes;
    this.blockBytes = blockBytes;
  }

  /** Gives it to the entries of a job from {@code first} on. */
  void assign(int first) {
    this.first = first;
  }

  /** Where the bytes of an entry lie. */
  MemorySegment block(int index) {
    return bytes.asSlice((index - first) * blockBytes, blockBytes);
  }

  /** Its blocks that are to be written; at 0 it is free again. */
  void keep(int blocks) {
    pending = blocks;
    freeIfUnused();
  }

  /**
   * Blocks were written.
   *
   * @return whether it is free again
   */
  boolean written(int blocks) {
    pending -= blocks;
    return freeIfUnused();
  }

  private boolean freeIfUnused() {
    if (pending == 0) {
      pool.give(this);
    }
    return pending == 0;
  }
}
