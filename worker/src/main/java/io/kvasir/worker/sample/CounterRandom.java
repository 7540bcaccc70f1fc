package io.kvasir.worker.sample;

/**
 * A random number per (seed, counter), without state: the finaliser of SplitMix64 (Steele, Lea,
 * Flood 2014) over both. Thread-safe.
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;

  private CounterRandom() {}

  /** Uniform in [0, 1), 53 random bits. */
  public static double nextDouble(long seed, long counter) {
    return (mix(mix(seed + GOLDEN) + GOLDEN * (counter + 1)) >>> 11) * UNIT;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
