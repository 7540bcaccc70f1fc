package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a chart: where a value lies between its two ends, and what is written along it.
 *
 * @param title what it shows, with its unit
 * @param from value at its beginning, in its own scale
 * @param to value at its end, in its own scale
 * @param ticks labels and their places
 * @param scale from values to its own scale
 */
public record Axis(String title, double from, double to, List<Tick> ticks, Scale scale) {
  private static final double[] STEPS = {1, 2, 5};
  private static final double LAST_PERCENTILE = 99.97;

  /**
   * A label along an axis.
   *
   * @param value where, in the values of the axis
   * @param label its text
   */
  public record Tick(double value, String label) {}

  /** How an axis is stretched. */
  public enum Scale {
    /** Evenly. */
    LINEAR,
    /** Equal factors have equal length. */
    LOG,
    /** Percentiles, drawn out towards 100: 90, 99 and 99.9 are equally far apart. */
    PERCENTILE,
    /** Places for groups of bars, each 1 wide; no lines stand on them. */
    CATEGORY;

    double of(double value) {
      return switch (this) {
        case LINEAR, CATEGORY -> value;
        case LOG -> Math.log10(value);
        case PERCENTILE -> -Math.log10(1 - Math.min(value, LAST_PERCENTILE) / 100);
      };
    }
  }

  /** From 0 to a round number of at least {@code max}. */
  public static Axis linear(String title, double max) {
    double step = stepFor(Math.max(max, 1) / 4);
    List<Tick> ticks = new ArrayList<>();
    double value = 0;
    while (value < max || ticks.size() < 2) {
      ticks.add(new Tick(value, label(value)));
      value += step;
    }
    ticks.add(new Tick(value, label(value)));
    return new Axis(title, 0, value, ticks, Scale.LINEAR);
  }

  /** From 0 to exactly {@code max}, for a time. */
  public static Axis time(String title, double max) {
    double step = stepFor(Math.max(max, 1e-3) / 6);
    List<Tick> ticks = new ArrayList<>();
    for (double value = 0; value <= max; value += step) {
      ticks.add(new Tick(value, label(value)));
    }
    return new Axis(title, 0, Math.max(max, 1e-3), ticks, Scale.LINEAR);
  }

  /** Factors of 1, 2 and 5 around two positive values. */
  public static Axis log(String title, double min, double max) {
    List<Tick> all = new ArrayList<>();
    int first = (int) Math.floor(Math.log10(min));
    int last = (int) Math.ceil(Math.log10(max));
    for (int decade = first; decade <= last; decade++) {
      for (double step : STEPS) {
        double value = step * Math.pow(10, decade);
        all.add(new Tick(value, label(value)));
      }
    }
    double low =
        all.stream().mapToDouble(Tick::value).filter(v -> v <= min * 1.001).max().orElse(min);
    double high =
        all.stream().mapToDouble(Tick::value).filter(v -> v >= max * 0.999).min().orElse(max);
    double end = high > low ? high : low * 10;
    boolean wide = end / low > 1000;
    List<Tick> ticks =
        all.stream()
            .filter(tick -> tick.value() >= low * 0.999 && tick.value() <= end * 1.001)
            .filter(tick -> !wide || isPowerOfTen(tick.value()))
            .toList();
    return new Axis(title, Math.log10(low), Math.log10(end), ticks, Scale.LOG);
  }

  /** A place for a group of bars per name: the first from 0 to 1. */
  public static Axis categories(List<String> names) {
    List<Tick> ticks = new ArrayList<>();
    for (String name : names) {
      ticks.add(new Tick(ticks.size() + 0.5, name));
    }
    return new Axis("", 0, Math.max(1, names.size()), ticks, Scale.CATEGORY);
  }

  /** Percentiles from 0 to 100. */
  public static Axis percentiles(String title) {
    List<Tick> ticks =
        List.of(
            new Tick(0, "0"),
            new Tick(50, "50"),
            new Tick(75, "75"),
            new Tick(90, "90"),
            new Tick(95, "95"),
            new Tick(99, "99"),
            new Tick(99.9, "99.9"),
            new Tick(100, "max"));
    return new Axis(title, 0, Scale.PERCENTILE.of(LAST_PERCENTILE), ticks, Scale.PERCENTILE);
  }

  /** Where a value lies: 0 at the beginning, 1 at the end. */
  double place(double value) {
    return Math.clamp((scale.of(value) - from) / (to - from), 0, 1);
  }

  private static boolean isPowerOfTen(double value) {
    double exponent = Math.log10(value);
    return Math.abs(exponent - Math.rint(exponent)) < 1e-6;
  }

  private static double stepFor(double rough) {
    double decade = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double step : STEPS) {
      if (step * decade >= rough) {
        return step * decade;
      }
    }
    return 10 * decade;
  }

  private static String label(double value) {
    if (value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value < 0.1 ? "%.2f" : "%.1f", value);
  }
}
