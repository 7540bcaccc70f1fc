package io.kvasir.loadtest.workload;

import java.nio.charset.StandardCharsets;

/**
 * Seeded random numbers that are the same on every machine and JDK: SplitMix64 and {@link
 * StrictMath}. Confined to one thread.
 */
public final class Randomness {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * A source of its own.
   *
   * @param seed equal seeds give equal sequences
   */
  public Randomness(long seed) {
    state = mix(seed);
  }

  /** A source that depends on {@code seed} and {@code name} only, such as one tenant's. */
  public static Randomness named(long seed, String name) {
    long key = seed;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      key = mix(key + GOLDEN_GAMMA) ^ b;
    }
    return new Randomness(key);
  }

  /** Spreads every bit of {@code value} over the whole result (the finalizer of SplitMix64). */
  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in 0 to {@code bound - 1}. */
  public int nextInt(int bound) {
    return (int) Math.multiplyHigh(nextLong() >>> 1, (long) bound << 1);
  }

  /** Exponential with mean 1. */
  public double exponential() {
    return -StrictMath.log1p(-nextDouble());
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  public double normal() {
    double radius = StrictMath.sqrt(2 * exponential());
    return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
  }

  /** Gamma with this shape and scale 1 (Marsaglia and Tsang, 2000). */
  public double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StrictMath.pow(1 - nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = normal();
      double v = 1 + c * x;
      if (v > 0) {
        v = v * v * v;
        if (StrictMath.log(1 - nextDouble()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
          return d * v;
        }
      }
    }
  }

  /** Weibull with this shape and mean 1. */
  public double weibull(double shape) {
    double power = 1 / shape;
    return StrictMath.pow(exponential(), power) / gammaFunction(1 + power);
  }

  /**
   * The gamma function for arguments of at least 1 (Lanczos, g = 7, relative error below 1e-13).
   */
  static double gammaFunction(double argument) {
    double[] coefficients = {
      0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531,
      -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572E-6,
      1.5056327351493116e-7
    };
    double x = argument - 1;
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum += coefficients[i] / (x + i);
    }
    double t = x + 7.5;
    return StrictMath.sqrt(2 * StrictMath.PI)
        * StrictMath.pow(t, x + 0.5)
        * StrictMath.exp(-t)
        * sum;
  }
}
