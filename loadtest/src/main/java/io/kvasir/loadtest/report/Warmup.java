package io.kvasir.loadtest.report;

import java.util.Locale;

/**
 * The start of a run that is not measured: a server, its compiler and the driver need a moment.
 *
 * @param seconds how long it was
 * @param requests how many were sent in it; no figure counts them, however late they ended
 */
public record Warmup(double seconds, long requests) {
  /** All of the run is measured. */
  public static final Warmup NONE = new Warmup(0, 0);

  /** For people. */
  String text() {
    return seconds == 0
        ? "none"
        : String.format(Locale.ROOT, "%.1f s, %,d requests not counted", seconds, requests);
  }
}
