package io.kvasir.loadtest.sim.link;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;

/** One job on its way over one link. */
final class Transfer {
  final CopyJob job;
  final long submittedNanos;
  final long sequence;

  /** Entries that are carried: all, until the others are given up. */
  int end;

  int copied;
  int runs;
  long beganNanos = -1;
  long busyNanos;

  Transfer(CopyJob job, int blocks, long submittedNanos, long sequence) {
    this.job = job;
    this.end = blocks;
    this.submittedNanos = submittedNanos;
    this.sequence = sequence;
  }

  /**
   * Contiguous runs among blocks {@code from} to {@code to - 1}.
   *
   * @param cut whether a run that goes on from before {@code from} counts again
   */
  int runs(int from, int to, boolean cut) {
    int[] left = job.kind() == CopyKind.MOVE ? job.toSlots() : job.blocks();
    int[] right = job.slots();
    int count = 0;
    for (int i = from; i < to; i++) {
      boolean follows =
          i > (cut ? from : 0) && left[i] == left[i - 1] + 1 && right[i] == right[i - 1] + 1;
      count += follows ? 0 : 1;
    }
    return count;
  }
}
