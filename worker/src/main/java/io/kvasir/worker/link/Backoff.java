package io.kvasir.worker.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubles from one bound to the other, of which a random half
 * to whole is waited, so that workers which lost the same scheduler do not return in step.
 */
final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private long ceilingNanos;

  Backoff(Duration min, Duration max, RandomGenerator random) {
    this.minNanos = min.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
    this.ceilingNanos = minNanos;
    if (minNanos < 1 || minNanos > maxNanos) {
      throw new IllegalArgumentException("backoff must grow: " + min + " to " + max);
    }
  }

  /** The next wait, nanoseconds. */
  long nextNanos() {
    long ceiling = ceilingNanos;
    ceilingNanos = Math.min(maxNanos, 2 * ceiling);
    return ceiling / 2 + random.nextLong(ceiling - ceiling / 2 + 1);
  }

  /** A try succeeded: the next wait is short again. */
  void reset() {
    ceilingNanos = minNanos;
  }
}
