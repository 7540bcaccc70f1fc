package io.kvasir.loadtest.workload;

/**
 * Latency targets of a request; 0: none.
 *
 * @param ttftMillis time to first token, milliseconds from the intended send time
 * @param tbtMillis mean time between tokens, milliseconds
 */
public record SloTargets(int ttftMillis, int tbtMillis) {
  /** No targets. */
  public static final SloTargets NONE = new SloTargets(0, 0);

  /** Refuses negative targets. */
  public SloTargets {
    if (ttftMillis < 0 || tbtMillis < 0) {
      throw new IllegalArgumentException(
          "targets of %d and %d ms, must be at least 0".formatted(ttftMillis, tbtMillis));
    }
  }
}
