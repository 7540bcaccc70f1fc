package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A distribution of times, milliseconds.
 *
 * @param count how many were measured; with none, every other value is 0
 * @param meanMillis mean
 * @param maxMillis largest
 * @param curve values at rising percentiles, {@link #PERCENTILES}
 */
public record Latency(long count, double meanMillis, double maxMillis, List<Double> curve) {
  /** The percentiles of every curve. */
  public static final List<Double> PERCENTILES =
      List.of(
          0.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 85.0, 90.0, 92.5, 95.0,
          97.0, 98.0, 99.0, 99.5, 99.7, 99.9, 100.0);

  /** Nothing measured. */
  public static final Latency NONE = of(new Histogram(1));

  /** Keeps the curve unmodifiable. */
  public Latency {
    curve = List.copyOf(curve);
    if (curve.size() != PERCENTILES.size()) {
      throw new IllegalArgumentException("a curve of " + curve.size() + " points");
    }
  }

  /** The distribution in a histogram of microseconds. */
  public static Latency of(Histogram micros) {
    List<Double> curve = new ArrayList<>();
    for (double percentile : PERCENTILES) {
      curve.add(micros.getValueAtPercentile(percentile) / 1e3);
    }
    return new Latency(
        micros.getTotalCount(), micros.getMean() / 1e3, micros.getMaxValue() / 1e3, curve);
  }

  /**
   * The value at a percentile, milliseconds.
   *
   * @param percentile one of {@link #PERCENTILES}
   */
  public double at(double percentile) {
    return curve.get(PERCENTILES.indexOf(percentile));
  }
}
