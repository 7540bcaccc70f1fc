package io.kvasir.loadtest.workload;

/** How the times between arrivals are distributed, at any rate. */
public sealed interface ArrivalProcess {
  /**
   * A random interval with mean 1.
   *
   * @param random where its randomness comes from
   */
  double unitInterval(Randomness random);

  /** Independent arrivals: exponential intervals. */
  record Poisson() implements ArrivalProcess {
    @Override
    public double unitInterval(Randomness random) {
      return random.exponential();
    }
  }

  /** Evenly spaced arrivals. */
  record Constant() implements ArrivalProcess {
    @Override
    public double unitInterval(Randomness random) {
      return 1;
    }
  }

  /**
   * Gamma intervals: bursty above 1, Poisson at 1, calm below.
   *
   * @param cv coefficient of variation of the intervals, above 0
   */
  record Gamma(double cv) implements ArrivalProcess {
    /** Refuses what is no coefficient of variation. */
    public Gamma {
      if (!(cv > 0 && cv <= 100)) {
        throw new IllegalArgumentException("cv is " + cv + ", not in (0, 100]");
      }
    }

    @Override
    public double unitInterval(Randomness random) {
      double shape = 1 / (cv * cv);
      return random.gamma(shape) / shape;
    }
  }

  /**
   * Weibull intervals: bursty below 1.
   *
   * @param shape above 0
   */
  record Weibull(double shape) implements ArrivalProcess {
    /** Refuses what is no shape. */
    public Weibull {
      if (!(shape >= 0.05 && shape <= 100)) {
        throw new IllegalArgumentException("shape is " + shape + ", not in [0.05, 100]");
      }
    }

    @Override
    public double unitInterval(Randomness random) {
      return random.weibull(shape);
    }
  }
}
