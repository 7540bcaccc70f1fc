package io.kvasir.offload.codec;

/** Computes frequencies of symbols. Everything is exactly the same on every machine. */
final class TableMaker {
  // The defaults count as so many observations.
  private static final double DEFAULT_WEIGHT = 64;
  private static final int BISECTIONS = 60;

  private TableMaker() {}

  /**
   * Probabilities of magnitudes 0, 1, ... and of the escape, of a rounded logistic variable whose
   * mean magnitude is that of the class. Rounded deltas of real KV have a Gaussian middle and
   * heavier tails; of Laplace, Gauss, Student and logistic distributions this came closest.
   */
  static double[] logistic(int k) {
    double low = 1e-3;
    double high = 2 * CodecTables.meanOf(k) + 2;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (meanMagnitude(middle) < CodecTables.meanOf(k)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    int largest = CodecTables.largestOfClass(k);
    double[] probabilities = new double[largest + 2];
    for (int magnitude = 0; magnitude <= largest; magnitude++) {
      probabilities[magnitude] = atLeast(magnitude, low) - atLeast(magnitude + 1, low);
    }
    probabilities[largest + 1] = atLeast(largest + 1, low);
    return probabilities;
  }

  /**
   * Frequencies of the symbols -largest, ..., largest, escape.
   *
   * @param counts observations of magnitudes 0, ..., largest and of all beyond
   * @param probabilities what is assumed without observations, of the same magnitudes
   */
  static int[] frequencies(long[] counts, double[] probabilities) {
    int largest = probabilities.length - 2;
    double observations = DEFAULT_WEIGHT;
    for (int i = 0; i < probabilities.length; i++) {
      observations += counts[i];
    }
    int[] frequencies = new int[2 * largest + 2];
    int free = CodecTables.TOTAL - frequencies.length;
    int sum = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      int magnitude = Math.min(Math.abs(symbol - largest), largest + 1);
      boolean escape = symbol == frequencies.length - 1;
      double weight = counts[magnitude] + DEFAULT_WEIGHT * probabilities[magnitude];
      double share = weight / observations / (magnitude == 0 || escape ? 1 : 2);
      frequencies[symbol] = 1 + (int) (share * free);
      sum += frequencies[symbol];
    }
    frequencies[largest] += CodecTables.TOTAL - sum;
    return frequencies;
  }

  private static double meanMagnitude(double scale) {
    double sum = 0;
    double more = atLeast(1, scale);
    for (int magnitude = 2; more > 1e-12; magnitude++) {
      sum += more;
      more = atLeast(magnitude, scale);
    }
    return sum;
  }

  /** Probability that the rounded magnitude is at least this. */
  private static double atLeast(int magnitude, double scale) {
    return magnitude == 0 ? 1 : 2 / (1 + StrictMath.exp((magnitude - 0.5) / scale));
  }
}
