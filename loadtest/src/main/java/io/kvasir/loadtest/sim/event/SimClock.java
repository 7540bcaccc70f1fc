package io.kvasir.loadtest.sim.event;

import java.util.function.LongSupplier;

/** Virtual time, nanoseconds from the start of the run. Only {@link Simulation} moves it. */
public final class SimClock implements LongSupplier {
  private long now;

  @Override
  public long getAsLong() {
    return now;
  }

  void advance(long toNanos) {
    if (toNanos < now) {
      throw new IllegalStateException("time would run backwards from " + now + " to " + toNanos);
    }
    now = toNanos;
  }
}
