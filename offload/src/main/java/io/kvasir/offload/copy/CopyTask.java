package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A job between its submission and its result. Guarded by the engine's lock. */
final class CopyTask {
  private final CopyJob job;
  private final CopyLink home;
  private final long submittedNanos;
  private final CopyOutcome[] outcomes;
  private @Nullable Waiting waiting;
  private int unsettled;
  private int cancelled;
  private boolean begun;
  private long waitNanos;
  private long copyNanos;
  private long bytes;
  private int runs;
  private String failure = "";

  /**
   * @param home the link in whose queue it waits first
   */
  CopyTask(CopyJob job, CopyLink home, long nowNanos) {
    this.job = job;
    this.home = home;
    this.submittedNanos = nowNanos;
    this.unsettled = job.blockCount();
    this.outcomes = new CopyOutcome[job.blockCount()];
    Arrays.fill(outcomes, CopyOutcome.CANCELLED);
  }

  CopyJob job() {
    return job;
  }

  CopyLink home() {
    return home;
  }

  boolean isMove() {
    return job.kind() == CopyKind.MOVE;
  }

  /** All its entries wait now. */
  Waiting enqueue() {
    waiting = new Waiting(this, null, 0, job.blockCount());
    return waiting;
  }

  /** What has not begun; null if all has. */
  @Nullable Waiting waiting() {
    return waiting;
  }

  /** The last entry of {@code waiting} has begun. */
  void nothingWaits(Waiting waiting) {
    if (this.waiting == waiting) {
      this.waiting = null;
    }
  }

  /** One of its entries begins. */
  void begin(long nowNanos) {
    if (!begun) {
      begun = true;
      waitNanos = nowNanos - submittedNanos;
    }
  }

  /** What did not begin never will. */
  void cancelWaiting(long nowNanos) {
    if (waiting != null) {
      cancelled = waiting.blocks();
      unsettled -= cancelled;
      waiting = null;
    }
    begin(nowNanos);
  }

  /** Entries that will never begin. */
  int cancelledBlocks() {
    return cancelled;
  }

  /** It was not taken in; nothing began. */
  void refuse(String why) {
    unsettled = 0;
    failure = why;
  }

  /** What became of an entry. */
  void settle(int index, CopyOutcome outcome, String why) {
    outcomes[index] = outcome;
    unsettled--;
    if (failure.isEmpty() && outcome != CopyOutcome.DONE) {
      failure = why.isEmpty() ? outcome.name() : why;
    }
  }

  /** A call carried some of its entries. */
  void moved(long bytes, int runs, long nanos) {
    this.bytes += bytes;
    this.runs += runs;
    this.copyNanos += nanos;
  }

  /** Whether the outcome of every entry is known. */
  boolean isSettled() {
    return unsettled == 0;
  }

  CopyResult result() {
    return new CopyResult(
        job.jobId(), Arrays.asList(outcomes), bytes, runs, waitNanos, copyNanos, failure);
  }
}
