package io.kvasir.loadtest.live;

/** Time that stands still until someone moves it; waiting threads are woken by that. */
final class ManualClock implements DriverClock {
  private long now;
  private int parked;

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized void park(long nanos) {
    long due = now + nanos;
    parked++;
    notifyAll();
    try {
      while (now < due) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parked--;
  }

  /** Moves time on, once the driver waits for it. */
  synchronized void advanceWhenParked(long nanos) throws InterruptedException {
    while (parked == 0) {
      wait();
    }
    advance(nanos);
  }

  synchronized void advance(long nanos) {
    now += nanos;
    notifyAll();
  }
}
