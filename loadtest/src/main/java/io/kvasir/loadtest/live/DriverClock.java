package io.kvasir.loadtest.live;

import java.util.concurrent.locks.LockSupport;

/** The time of a driver, and how it waits for it. */
public interface DriverClock {
  /** The machine's monotonic clock. */
  DriverClock SYSTEM =
      new DriverClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  /** Now, nanoseconds from any fixed moment. */
  long nanos();

  /**
   * Waits on the calling thread for at most this long. It may return early, and does so when the
   * thread is unparked.
   *
   * @param nanos above 0
   */
  void park(long nanos);
}
