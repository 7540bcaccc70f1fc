package io.kvasir.offload.store.remote;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps copies to a number of bytes per second: who moved bytes makes the next one wait until that
 * many would have passed. Callers that wait at the same time go on together, so that a burst of one
 * window per caller may exceed the limit; it is made up for afterwards. Any thread may call.
 */
final class Pacer {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;
  private final AtomicLong freeAtNanos;

  /**
   * Begins without debts.
   *
   * @param bytesPerSecond limit; 0 if there is none
   * @param nowNanos of {@link System#nanoTime}
   */
  Pacer(long bytesPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    freeAtNanos = new AtomicLong(nowNanos);
  }

  /** How long the next copy has to wait, nanoseconds; not positive if it may begin. */
  long waitNanos(long nowNanos) {
    return bytesPerSecond == 0 ? 0 : freeAtNanos.get() - nowNanos;
  }

  /** Notes that bytes were moved. */
  void charge(long bytes, long nowNanos) {
    if (bytesPerSecond > 0) {
      long nanos = (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
      freeAtNanos.updateAndGet(free -> (free - nowNanos > 0 ? free : nowNanos) + nanos);
    }
  }

  /** Waits until a copy may begin; false, without waiting, if that is after the deadline. */
  boolean await(long deadlineNanos) {
    long now = System.nanoTime();
    while (waitNanos(now) > 0) {
      if (now + waitNanos(now) - deadlineNanos > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(this, waitNanos(now));
      now = System.nanoTime();
    }
    return true;
  }
}
