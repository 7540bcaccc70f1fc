package io.kvasir.loadtest.workload;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** Several sources as one, in the order of time; ties in the order of the sources. */
public final class MergedArrivals implements Iterator<Arrival> {
  private record Head(Arrival arrival, int source) implements Comparable<Head> {
    @Override
    public int compareTo(Head other) {
      int byTime = Long.compare(arrival.offsetNanos(), other.arrival.offsetNanos());
      return byTime != 0 ? byTime : Integer.compare(source, other.source);
    }
  }

  private final List<Iterator<Arrival>> sources;
  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private long merged;

  /**
   * Merges sources.
   *
   * @param sources each in the order of time
   */
  public MergedArrivals(List<? extends Iterator<Arrival>> sources) {
    this.sources = List.copyOf(sources);
    for (int source = 0; source < this.sources.size(); source++) {
      pull(source);
    }
  }

  @Override
  public boolean hasNext() {
    return !heads.isEmpty();
  }

  @Override
  public Arrival next() {
    Head head = heads.poll();
    if (head == null) {
      throw new NoSuchElementException();
    }
    pull(head.source());
    return head.arrival().at(merged++, head.arrival().offsetNanos());
  }

  private void pull(int source) {
    if (sources.get(source).hasNext()) {
      heads.add(new Head(sources.get(source).next(), source));
    }
  }
}
