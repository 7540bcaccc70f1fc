package io.kvasir.loadtest.workload.trace;

import static java.util.Comparator.comparingLong;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Randomness;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Sessions that start as a Poisson process, because the trace tells when things happen inside a
 * session and not when sessions start. Confined to one thread.
 */
final class AgentArrivals implements ArrivalStream {
  private static final double NANOS = 1e9;

  private final TraceRecords<AgentTrace.Session> sessions;
  private final double sessionsPerSecond;
  private final Randomness random;
  private final PriorityQueue<Arrival> pending =
      new PriorityQueue<>(comparingLong(Arrival::offsetNanos).thenComparingLong(Arrival::index));
  private double startSeconds;
  private long read;
  private long index;

  AgentArrivals(TraceRecords<AgentTrace.Session> sessions, double sessionsPerSecond, long seed) {
    this.sessions = sessions;
    this.sessionsPerSecond = sessionsPerSecond;
    random = Randomness.named(seed, "sessions");
  }

  @Override
  public boolean hasNext() {
    while (sessions.hasNext()
        && (pending.isEmpty() || pending.element().offsetNanos() > startSeconds * NANOS)) {
      long start = Math.round(startSeconds * NANOS);
      for (Arrival request : sessions.next().requests()) {
        pending.add(request.at(read++, start + request.offsetNanos()));
      }
      startSeconds += random.exponential() / sessionsPerSecond;
    }
    return !pending.isEmpty();
  }

  @Override
  public Arrival next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Arrival arrival = pending.remove();
    return arrival.at(index++, arrival.offsetNanos());
  }

  @Override
  public void close() {
    sessions.close();
  }
}
