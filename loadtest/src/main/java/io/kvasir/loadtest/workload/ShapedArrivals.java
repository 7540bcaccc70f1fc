package io.kvasir.loadtest.workload;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The arrivals of a run: a workload's, scaled, cut and counted. Confined to one thread.
 *
 * <p>A request that does not fit the context keeps at most half of it for its output and the rest
 * for its prompt. Texts are never cut: only the server knows their length in tokens.
 */
public final class ShapedArrivals implements ArrivalStream {
  private final ArrivalStream source;
  private final Shaping shaping;
  private @Nullable Arrival next;
  private long taken;
  private long clipped;
  private boolean ended;

  /**
   * Shapes a stream.
   *
   * @param source closed with this stream
   * @param shaping what to change
   */
  public ShapedArrivals(ArrivalStream source, Shaping shaping) {
    this.source = source;
    this.shaping = shaping;
  }

  /** How many of the arrivals taken so far were cut to fit the context. */
  public long clipped() {
    return clipped;
  }

  @Override
  public boolean hasNext() {
    while (next == null && !ended && taken < shaping.limit() && source.hasNext()) {
      Arrival arrival = source.next();
      long offset = Math.round(arrival.offsetNanos() * shaping.timeScale());
      if (offset > shaping.durationNanos()) {
        ended = true;
      } else if (shaping.tenants().isEmpty() || shaping.tenants().contains(arrival.tenant())) {
        next = arrival.at(taken++, offset);
      }
    }
    return next != null;
  }

  @Override
  public Arrival next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Arrival arrival = fit(next);
    next = null;
    return arrival;
  }

  @Override
  public void close() {
    source.close();
  }

  private Arrival fit(Arrival arrival) {
    int output = Math.clamp(Math.round(arrival.maxTokens() * shaping.lengthScale()), 1, 1 << 30);
    if (!(arrival.prompt() instanceof Prompt.Synthetic whole)) {
      return arrival.asking(arrival.prompt(), output);
    }
    Prompt.Synthetic prompt =
        shaping.lengthScale() == 1 ? whole : whole.scaled(shaping.lengthScale());
    int context = shaping.contextTokens();
    if (context > 0 && (long) prompt.tokens() + output > context) {
      clipped++;
      output = Math.min(output, Math.max(context / 2, context - prompt.tokens()));
      prompt = prompt.first(context - output);
    }
    return arrival.asking(prompt, output);
  }
}
