package io.kvasir.kvpool.swap;

/**
 * Splits the time of copies into a fixed cost per run and a time per byte: {@code nanos = fixed x
 * runs + bytes / bandwidth}, fitted by least squares with exponential forgetting. An observation
 * weighs 1/bytes, because what disturbs a copy grows with its length.
 *
 * <p>While all observations have the same bytes per run the two cannot be told apart: then the
 * fixed cost stays what it was (0 at first) and the bandwidth takes up the rest. Neither is ever
 * negative. Not thread-safe; allocates nothing.
 */
public final class LinkFit {
  /** 1 TB/s: a bandwidth beyond this is noise of tiny copies. */
  private static final double LEAST_NANOS_PER_BYTE = 1e-3;

  /** Least share of independent variation that splits the two. */
  private static final double LEAST_VARIATION = 1e-3;

  private final double keep;
  private double fixedNanos;
  private double nanosPerByte;

  // Weighted sums of products: r = runs, b = bytes, t = nanos.
  private double rr;
  private double rb;
  private double bb;
  private double rt;
  private double bt;

  /**
   * @param bytesPerSecond believed until the first observation
   * @param memoryCalls time constant of forgetting, observations
   */
  public LinkFit(long bytesPerSecond, int memoryCalls) {
    nanosPerByte = 1e9 / bytesPerSecond;
    keep = 1 - 1.0 / memoryCalls;
  }

  /** A copy took that long; without bytes it says nothing. */
  public void observe(int runs, long bytes, long nanos) {
    if (bytes < 1 || runs < 1) {
      return;
    }
    rr = keep * rr + (double) runs * runs / bytes;
    rb = keep * rb + runs;
    bb = keep * bb + bytes;
    rt = keep * rt + (double) runs * nanos / bytes;
    bt = keep * bt + nanos;
    solve();
  }

  private void solve() {
    double determinant = rr * bb - rb * rb;
    if (determinant > LEAST_VARIATION * rr * bb) {
      fixedNanos = (rt * bb - bt * rb) / determinant;
    }
    fixedNanos = Math.max(0, fixedNanos);
    nanosPerByte = (bt - fixedNanos * rb) / bb;
    if (nanosPerByte < LEAST_NANOS_PER_BYTE) {
      nanosPerByte = LEAST_NANOS_PER_BYTE;
      fixedNanos = Math.max(0, (rt - nanosPerByte * rb) / rr);
    }
  }

  /** Cost of a run that does not depend on its bytes, nanoseconds. */
  public long fixedNanos() {
    return Math.round(fixedNanos);
  }

  /** Bytes a second, without the fixed cost. */
  public long bytesPerSecond() {
    return Math.max(1, Math.round(1e9 / nanosPerByte));
  }

  /** Time that copies of so many runs and bytes are expected to take, nanoseconds. */
  public double nanos(double runs, double bytes) {
    return runs * fixedNanos + bytes * nanosPerByte;
  }
}
