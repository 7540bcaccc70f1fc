package io.kvasir.loadtest.workload;

/** A distribution of lengths in tokens, or of other counts of at least 1. */
public sealed interface LengthDistribution {
  /** A random length, at least 1. */
  int sample(Randomness random);

  /** The expected length, before any bound cuts it. */
  double mean();

  /**
   * Always the same.
   *
   * @param value at least 1
   */
  record Constant(int value) implements LengthDistribution {
    /** Refuses what is no length. */
    public Constant {
      requireRange(value, value);
    }

    @Override
    public int sample(Randomness random) {
      return value;
    }

    @Override
    public double mean() {
      return value;
    }
  }

  /**
   * Every length between two equally often.
   *
   * @param min at least 1
   * @param max at least {@code min}
   */
  record Uniform(int min, int max) implements LengthDistribution {
    /** Refuses an empty range. */
    public Uniform {
      requireRange(min, max);
    }

    @Override
    public int sample(Randomness random) {
      return min + random.nextInt(max - min + 1);
    }

    @Override
    public double mean() {
      return (min + (double) max) / 2;
    }
  }

  /**
   * Log-normal, cut at two bounds: what lengths of real prompts look like.
   *
   * @param median at least 1
   * @param sigma standard deviation of the logarithm, at least 0
   * @param min shortest length returned
   * @param max longest length returned
   */
  record LogNormal(double median, double sigma, int min, int max) implements LengthDistribution {
    /** Refuses impossible parameters. */
    public LogNormal {
      requireRange(min, max);
      if (!(median >= 1) || !(sigma >= 0 && sigma <= 10)) {
        throw new IllegalArgumentException(
            "median " + median + " is below 1 or sigma " + sigma + " not in [0, 10]");
      }
    }

    @Override
    public int sample(Randomness random) {
      double value = median * StrictMath.exp(sigma * random.normal());
      return (int) Math.clamp(Math.round(value), (long) min, (long) max);
    }

    @Override
    public double mean() {
      return Math.clamp(median * StrictMath.exp(sigma * sigma / 2), min, max);
    }
  }

  /**
   * Measured quantiles, joined by straight lines.
   *
   * @param probabilities rising, within 0 to 1, at least one
   * @param values the length at each probability, never falling
   */
  record Empirical(double[] probabilities, double[] values) implements LengthDistribution {
    /** Refuses quantiles that are out of order. */
    public Empirical {
      if (probabilities.length == 0 || probabilities.length != values.length) {
        throw new IllegalArgumentException("as many values as probabilities are needed");
      }
      for (int i = 0; i < values.length; i++) {
        boolean rising =
            i == 0 || (probabilities[i] > probabilities[i - 1] && values[i] >= values[i - 1]);
        if (!rising || !(probabilities[i] >= 0 && probabilities[i] <= 1)) {
          throw new IllegalArgumentException("quantile " + i + " is out of order");
        }
      }
      probabilities = probabilities.clone();
      values = values.clone();
    }

    @Override
    public int sample(Randomness random) {
      return Math.clamp(Math.round(quantile(random.nextDouble())), 1, Integer.MAX_VALUE);
    }

    @Override
    public double mean() {
      double sum = values[0] * probabilities[0];
      for (int i = 1; i < values.length; i++) {
        sum += (values[i] + values[i - 1]) / 2 * (probabilities[i] - probabilities[i - 1]);
      }
      return sum + values[values.length - 1] * (1 - probabilities[values.length - 1]);
    }

    private double quantile(double probability) {
      int above = 0;
      while (above < values.length && probabilities[above] < probability) {
        above++;
      }
      if (above == 0 || above == values.length) {
        return values[Math.min(above, values.length - 1)];
      }
      double part =
          (probability - probabilities[above - 1])
              / (probabilities[above] - probabilities[above - 1]);
      return values[above - 1] + part * (values[above] - values[above - 1]);
    }
  }

  private static void requireRange(int min, int max) {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException("min " + min + " is below 1 or above max " + max);
    }
  }
}
