package io.kvasir.loadtest.restore;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A link that loads one block after the other, in the order of the jobs, and moves no bytes. */
final class EmulatedReads {
  private static final long NEVER = Long.MAX_VALUE;

  private static final class Reading {
    private final CopyJob job;
    private final CopyOutcome[] outcomes;
    private int done;
    private int end;
    private long nanos;

    private Reading(CopyJob job) {
      this.job = job;
      end = job.blockCount();
      outcomes = new CopyOutcome[end];
      Arrays.fill(outcomes, CopyOutcome.CANCELLED);
    }
  }

  private final LinkSpeedAt speed;
  private final ArrayDeque<Reading> queue = new ArrayDeque<>();
  private long blockBegin;
  private long blockEnd = NEVER;
  private int doneBlocks;
  private int cancelledBlocks;

  EmulatedReads(LinkSpeedAt speed) {
    this.speed = speed;
  }

  /** What is counted is counted from now on. */
  void forget() {
    doneBlocks = 0;
    cancelledBlocks = 0;
  }

  void add(CopyJob job, long now) {
    queue.add(new Reading(job));
    if (blockEnd == NEVER) {
      begin(now);
    }
  }

  /** Gives up the blocks of a job that have not begun. */
  void cancel(long jobId) {
    for (Reading reading : queue) {
      if (reading.job.jobId() == jobId) {
        int begun = reading == queue.peek() ? reading.done + 1 : 0;
        cancelledBlocks += Math.max(0, reading.end - begun);
        reading.end = Math.min(reading.end, begun);
      }
    }
  }

  private void begin(long now) {
    blockBegin = now;
    blockEnd = now + speed.blockNanos(now);
  }

  /** When a block arrives next, nanoseconds. */
  long nextNanos() {
    return queue.stream().anyMatch(reading -> reading.end == 0) ? blockBegin : blockEnd;
  }

  /** The jobs that have ended by now. */
  List<CopyResult> advance(long now) {
    List<CopyResult> results = new ArrayList<>();
    Reading first = queue.peek();
    if (first != null && blockEnd <= now) {
      first.outcomes[first.done++] = CopyOutcome.DONE;
      first.nanos += blockEnd - blockBegin;
      doneBlocks++;
      blockEnd = NEVER;
    }
    queue.removeIf(reading -> {
      boolean over = reading.done >= reading.end;
      if (over) {
        results.add(result(reading));
      }
      return over;
    });
    if (blockEnd == NEVER && !queue.isEmpty()) {
      begin(now);
    }
    return results;
  }

  private static CopyResult result(Reading reading) {
    return new CopyResult(
        reading.job.jobId(),
        Arrays.asList(reading.outcomes),
        reading.done,
        1,
        0,
        reading.nanos,
        "");
  }

  /** A job of which everything was copied. */
  static CopyResult done(CopyJob job, long nanos) {
    List<CopyOutcome> outcomes = Collections.nCopies(job.blockCount(), CopyOutcome.DONE);
    return new CopyResult(job.jobId(), outcomes, job.blockCount(), 1, 0, nanos, "");
  }

  int doneBlocks() {
    return doneBlocks;
  }

  int cancelledBlocks() {
    return cancelledBlocks;
  }
}
