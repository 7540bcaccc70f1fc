package io.kvasir.loadtest.workload;

import java.util.Iterator;

/**
 * Arrivals in the order of their times, made or read one by one. Confined to one thread; reading a
 * trace may throw {@link WorkloadException}.
 */
public interface ArrivalStream extends Iterator<Arrival>, AutoCloseable {
  @Override
  void close();

  /** A stream of what an iterator gives. */
  static ArrivalStream of(Iterator<Arrival> arrivals) {
    return new ArrivalStream() {
      @Override
      public boolean hasNext() {
        return arrivals.hasNext();
      }

      @Override
      public Arrival next() {
        return arrivals.next();
      }

      @Override
      public void close() {}
    };
  }
}
