package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Randomness;
import io.kvasir.loadtest.workload.Segment;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Draws the arrivals of one ServeGen client, window by window. Confined to one thread. */
final class ServeGenArrivals implements Iterator<Arrival> {
  private static final double WINDOW_SECONDS = 600;
  private static final double NANOS = 1e9;

  private final ServeGenTrace.Client client;
  private final Randomness random;
  private final long stream;
  private int window;
  private double seconds;
  private long requests;
  private @Nullable Arrival next;

  ServeGenArrivals(ServeGenTrace.Client client, long seed) {
    this.client = client;
    random = Randomness.named(seed, client.name());
    stream = Randomness.named(0, client.name()).nextLong();
    if (client.lengths().isEmpty()) {
      window = client.windows().size();
    } else if (!client.windows().isEmpty()) {
      seconds = client.windows().getFirst().startSeconds();
    }
  }

  @Override
  public boolean hasNext() {
    while (next == null && window < client.windows().size()) {
      ServeGenTrace.Window current = client.windows().get(window);
      double at =
          seconds
              + (current.ratePerSecond() > 0
                  ? current.process().unitInterval(random) / current.ratePerSecond()
                  : WINDOW_SECONDS);
      if (at < current.startSeconds() + WINDOW_SECONDS) {
        seconds = at;
        next = draw();
      } else {
        window++;
        if (window < client.windows().size()) {
          seconds = client.windows().get(window).startSeconds();
        }
      }
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

  private Arrival draw() {
    var entry = client.lengths().floorEntry((int) seconds);
    ServeGenTrace.Lengths lengths =
        entry == null ? client.lengths().firstEntry().getValue() : entry.getValue();
    int input = lengths.input().sample(random);
    int output = lengths.output().sample(random);
    Prompt prompt = new Prompt.Synthetic(List.of(new Segment(stream + requests, 0, input)));
    return Arrival.plain(requests++, Math.round(seconds * NANOS), client.name(), prompt, output);
  }
}
