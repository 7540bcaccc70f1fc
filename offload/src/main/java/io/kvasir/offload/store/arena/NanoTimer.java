package io.kvasir.offload.store.arena;

import java.util.concurrent.locks.LockSupport;

/** Time as an emulated device needs it: to read, and to let pass. Any thread may call. */
public interface NanoTimer {

  /** The machine's own. */
  NanoTimer SYSTEM =
      new NanoTimer() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void waitUntil(long nanoTime) {
          boolean interrupted = false;
          for (long left = nanoTime - nanoTime(); left > 0; left = nanoTime - nanoTime()) {
            // A parked thread comes late by some 50 µs: the last of the way is spun.
            if (left > SPIN_NANOS) {
              LockSupport.parkNanos(left - SPIN_NANOS);
              interrupted |= Thread.interrupted();
            } else {
              Thread.onSpinWait();
            }
          }
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      };

  /** How long the system's timer spins at most, nanoseconds. */
  long SPIN_NANOS = 60_000;

  /** Nanoseconds since any fixed instant. */
  long nanoTime();

  /** Returns when {@link #nanoTime} has reached this. */
  void waitUntil(long nanoTime);
}
