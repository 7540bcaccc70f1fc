package io.kvasir.scheduler.tenant;

import java.util.concurrent.TimeUnit;

/**
 * How fast requests end lately, for retry hints; time in which there is none does not count. Read
 * by any thread, written under a lock of its owner.
 */
public final class FinishRate {
  /** Shortest hint. */
  public static final long MIN_RETRY_MILLIS = 100;

  /** Longest hint. */
  public static final long MAX_RETRY_MILLIS = 60_000;

  /** Hint before enough requests have ended to tell. */
  public static final long UNKNOWN_RETRY_MILLIS = 1_000;

  private static final int WINDOW = 32;

  /* A share of the queue that shall have moved on, so that not all who are refused come at once. */
  private static final int QUEUE_SHARE = 8;

  private final long[] finishedNanos = new long[WINDOW];
  private int count;
  private int inside;
  private long emptySinceNanos;
  private long emptyNanos;
  private volatile long nanosPerFinish = -1;

  /** A request came. */
  public void began(long now) {
    if (inside++ == 0 && count > 0) {
      emptyNanos += Math.max(0, now - emptySinceNanos);
    }
  }

  /** A request ended. */
  public void finished(long now) {
    inside--;
    emptySinceNanos = now;
    add(now - emptyNanos);
  }

  private void add(long now) {
    int at = count % WINDOW;
    if (count > 0) {
      int spans = Math.min(count, WINDOW);
      long oldest = count < WINDOW ? finishedNanos[0] : finishedNanos[at];
      nanosPerFinish = (now - oldest) / spans;
    }
    finishedNanos[at] = now;
    count = count == 2 * WINDOW - 1 ? WINDOW : count + 1;
  }

  /** When a request that finds {@code queued} others waiting may be tried again, milliseconds. */
  public long retryMillis(int queued) {
    long each = nanosPerFinish;
    if (each < 0) {
      return UNKNOWN_RETRY_MILLIS;
    }
    double nanos = (double) each * Math.max(1, queued / QUEUE_SHARE);
    long millis = (long) (nanos / TimeUnit.MILLISECONDS.toNanos(1));
    return Math.clamp(millis, MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
  }
}
