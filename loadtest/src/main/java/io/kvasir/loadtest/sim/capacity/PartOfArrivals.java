package io.kvasir.loadtest.sim.capacity;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Randomness;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of one device of several: the turns of a session stay together, requests without one
 * are spread by their numbers. Confined to one thread.
 */
final class PartOfArrivals implements ArrivalStream {
  private final ArrivalStream all;
  private final int part;
  private final int parts;
  private @Nullable Arrival next;

  PartOfArrivals(ArrivalStream all, int part, int parts) {
    this.all = all;
    this.part = part;
    this.parts = parts;
  }

  static int partOf(Arrival arrival, int parts) {
    long key =
        arrival.session().isEmpty()
            ? Randomness.mix(arrival.index() + 1)
            : Randomness.named(0, arrival.session()).nextLong();
    return (int) Math.floorMod(key, (long) parts);
  }

  @Override
  public boolean hasNext() {
    while (next == null && all.hasNext()) {
      Arrival arrival = all.next();
      next = partOf(arrival, parts) == part ? arrival : null;
    }
    return next != null;
  }

  @Override
  public Arrival next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Arrival arrival = next;
    next = null;
    return arrival;
  }

  @Override
  public void close() {
    all.close();
  }
}
