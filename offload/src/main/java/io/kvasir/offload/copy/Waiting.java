package io.kvasir.offload.copy;

import org.jspecify.annotations.Nullable;

/**
 * Entries of one job that wait in one {@link CopyQueue}: a job that has not been begun in full, or
 * what a move has read and not begun to write. Guarded by the engine's lock.
 */
final class Waiting {
  final CopyTask task;

  /** Where a move's bytes are waiting to be written; null for all else. */
  final @Nullable StagingChunk chunk;

  /** First entry that has not begun. */
  int from;

  /** One behind the last entry. */
  final int to;

  /** Smaller is older. Set by the queue. */
  long age;

  @Nullable Waiting previous;
  @Nullable Waiting next;

  Waiting(CopyTask task, @Nullable StagingChunk chunk, int from, int to) {
    this.task = task;
    this.chunk = chunk;
    this.from = from;
    this.to = to;
  }

  int blocks() {
    return to - from;
  }
}
