package io.kvasir.offload.copy;

/**
 * What one direction of an {@link EmulatedLink} can do at best.
 *
 * @param bytesPerSecond at least 1; {@link #UNLIMITED} adds nothing to the real copy
 * @param runNanos cost of every run before its bytes move, nanoseconds, 0 to one minute
 */
public record LinkSpeed(long bytesPerSecond, long runNanos) {

  /** As fast as the store below. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final long RUN_NANOS_MAX = 60_000_000_000L;

  public LinkSpeed {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("bytesPerSecond must be at least 1, is " + bytesPerSecond);
    }
    if (runNanos < 0 || runNanos > RUN_NANOS_MAX) {
      throw new IllegalArgumentException(
          "runNanos must be 0 to %d, is %d".formatted(RUN_NANOS_MAX, runNanos));
    }
  }

  /** Time these bytes take, nanoseconds. */
  long nanos(long bytes) {
    return bytesPerSecond == UNLIMITED ? 0 : Math.round(bytes * 1e9 / bytesPerSecond);
  }

  @Override
  public String toString() {
    String bandwidth = bytesPerSecond == UNLIMITED ? "unlimited" : bytesPerSecond + " bytes/s";
    return bandwidth + " and " + runNanos + " ns per run";
  }
}
