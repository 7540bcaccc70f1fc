package io.kvasir.offload.copy;

import java.util.concurrent.locks.LockSupport;

/** The time of an {@link EmulatedLink}. */
public interface LinkClock {

  /** Nanoseconds since some moment, as {@link System#nanoTime}. */
  long nanoTime();

  /** Returns when {@link #nanoTime} has reached a moment. */
  void waitUntil(long nanoTime);

  /** The machine's clock. It parks while that is exact enough and spins for the rest. */
  static LinkClock system() {
    return new LinkClock() {
      // A parked thread runs again some 50 µs late.
      private static final long SPIN_NANOS = 100_000;

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanoTime) {
        for (long left = nanoTime - nanoTime(); left > 0; left = nanoTime - nanoTime()) {
          if (left > SPIN_NANOS) {
            LockSupport.parkNanos(left - SPIN_NANOS);
          } else {
            Thread.onSpinWait();
          }
        }
      }
    };
  }
}
