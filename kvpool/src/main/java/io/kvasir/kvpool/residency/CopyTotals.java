package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;

/** What the copies of one kind at one tier amount to so far. Confined to the scheduler loop. */
public final class CopyTotals {
  private long done;
  private long missed;
  private long failed;
  private long cancelled;
  private long bytes;
  private long runs;
  private long busyNanos;

  void count(CopyResult result) {
    for (CopyOutcome outcome : result.outcomes()) {
      switch (outcome) {
        case DONE -> done++;
        case MISS -> missed++;
        case FAILED -> failed++;
        case CANCELLED -> cancelled++;
      }
    }
    bytes += result.bytes();
    runs += result.runs();
    busyNanos += result.copyNanos();
  }

  /** Blocks copied. */
  public long done() {
    return done;
  }

  /** Blocks that did not verify. */
  public long missed() {
    return missed;
  }

  /** Blocks lost to I/O errors and full devices. */
  public long failed() {
    return failed;
  }

  /** Blocks given up before they began. */
  public long cancelled() {
    return cancelled;
  }

  /** Bytes moved. */
  public long bytes() {
    return bytes;
  }

  /** Contiguous pieces moved; blocks per run is the mean run length. */
  public long runs() {
    return runs;
  }

  /** Time the link was busy. */
  public long busyNanos() {
    return busyNanos;
  }
}
