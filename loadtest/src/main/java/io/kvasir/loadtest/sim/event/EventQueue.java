package io.kvasir.loadtest.sim.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Events in the order of their times; equal times in the order in which they were added, so that a
 * run has one order only. A binary heap in three arrays: adding and taking allocate nothing.
 * Confined to one thread.
 */
public final class EventQueue {
  private long[] times = new long[64];
  private long[] sequences = new long[64];
  private @Nullable SimEvent[] events = new SimEvent[64];
  private int size;
  private long added;

  public boolean isEmpty() {
    return size == 0;
  }

  /** When the next event happens, nanoseconds; the largest long if there is none. */
  public long nextNanos() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /** Queues an event. */
  public void add(long nanos, SimEvent event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      sequences = Arrays.copyOf(sequences, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    int at = size++;
    long sequence = added++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (times[parent] <= nanos) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, nanos, sequence, event);
  }

  /** Takes the next event. */
  public SimEvent take() {
    SimEvent first = size == 0 ? null : events[0];
    if (first == null) {
      throw new IllegalStateException("no event is queued");
    }
    size--;
    long nanos = times[size];
    long sequence = sequences[size];
    SimEvent last = events[size];
    events[size] = null;
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (nanos < times[child] || (nanos == times[child] && sequence < sequences[child])) {
        break;
      }
      move(child, at);
      at = child;
    }
    if (size > 0) {
      put(at, nanos, sequence, last);
    }
    return first;
  }

  private boolean before(int a, int b) {
    return times[a] < times[b] || (times[a] == times[b] && sequences[a] < sequences[b]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    sequences[to] = sequences[from];
    events[to] = events[from];
  }

  private void put(int at, long nanos, long sequence, @Nullable SimEvent event) {
    times[at] = nanos;
    sequences[at] = sequence;
    events[at] = event;
  }
}
