package io.kvasir.loadtest.sim.report;

import static java.util.Comparator.comparingLong;

import io.kvasir.loadtest.report.Axis;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.report.SvgChart;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.TenantMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/** The charts that compare the systems of a simulation. Of many tenants the busiest are drawn. */
final class SimCharts {
  /** As many systems as there are colours; more are in the table only. */
  static final int MOST_SERIES = 12;

  private static final int MOST_TENANTS = 5;
  private static final int LABEL_CHARS = 16;
  private static final double SMALLEST_MILLIS = 0.1;
  private static final int MOST_POINTS = 400;
  private static final double GROUP_WIDTH = 0.8;
  private static final double GIGA = 1e9;
  private static final String NOTHING = "<p class=\"none\">Nothing was measured.</p>";

  private final List<SimMetrics> shown;

  SimCharts(SimReport report) {
    shown = report.rows().subList(0, Math.min(MOST_SERIES, report.rows().size()));
  }

  /** The systems with a colour, in the order of their colours. */
  List<String> names() {
    return shown.stream().map(SimMetrics::label).toList();
  }

  /** A line per system over the percentiles. */
  String latency(String title, Function<SimMetrics, Latency> latency) {
    double[] values =
        shown.stream()
            .map(latency)
            .filter(each -> each.count() > 0)
            .flatMap(each -> each.curve().stream())
            .mapToDouble(value -> Math.max(value, SMALLEST_MILLIS))
            .sorted()
            .toArray();
    if (values.length == 0) {
      return NOTHING;
    }
    SvgChart chart =
        new SvgChart(
            Axis.percentiles("percentile"),
            Axis.log("milliseconds", values[0], values[values.length - 1]));
    for (int i = 0; i < shown.size(); i++) {
      Latency each = latency.apply(shown.get(i));
      if (each.count() > 0) {
        List<Double> curve =
            each.curve().stream().map(value -> Math.max(value, SMALLEST_MILLIS)).toList();
        chart.line(i, shown.get(i).label(), Latency.PERCENTILES, curve);
      }
    }
    return chart.svg(title + " by percentile");
  }

  /** A line per system over time. */
  String overTime(String unit, Function<SimMetrics, List<Double>> series) {
    double seconds = shown.stream().mapToDouble(SimMetrics::seconds).max().orElse(1);
    double most =
        shown.stream()
            .flatMap(row -> series.apply(row).stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    SvgChart chart = new SvgChart(Axis.time("seconds", seconds), Axis.linear(unit, most));
    for (int i = 0; i < shown.size(); i++) {
      List<Double> xs = shown.get(i).timeline().seconds();
      List<Double> ys = series.apply(shown.get(i));
      int stride = Math.max(1, Math.ceilDiv(xs.size(), MOST_POINTS));
      chart.line(i, shown.get(i).label(), peaks(xs, stride, false), peaks(ys, stride, true));
    }
    return chart.svg(unit + " over time");
  }

  /* The first, or the largest, of every few values. */
  private static List<Double> peaks(List<Double> values, int stride, boolean largest) {
    List<Double> peaks = new ArrayList<>();
    for (int i = 0; i < values.size(); i += stride) {
      double peak = values.get(i);
      for (int j = i; largest && j < Math.min(values.size(), i + stride); j++) {
        peak = Math.max(peak, values.get(j));
      }
      peaks.add(peak);
    }
    return peaks;
  }

  /** A group of bars for all tenants together, and one for each of the busiest. */
  String byTenant(
      String title,
      String unit,
      ToDoubleFunction<SimMetrics> all,
      ToDoubleBiFunction<SimMetrics, TenantMetrics> tenant) {
    List<String> names = new ArrayList<>(List.of("all"));
    List<ToDoubleFunction<SimMetrics>> values = new ArrayList<>(List.of(all));
    for (String name : busiest()) {
      names.add(name);
      values.add(row ->
          row.tenants().stream()
              .filter(each -> each.name().equals(name))
              .mapToDouble(each -> tenant.applyAsDouble(row, each))
              .findFirst()
              .orElse(Double.NaN));
    }
    return bars(title, unit, names, values);
  }

  private List<String> busiest() {
    if (shown.isEmpty() || shown.getFirst().tenants().size() < 2) {
      return List.of();
    }
    return shown.getFirst().tenants().stream()
        .sorted(comparingLong(TenantMetrics::requests).reversed())
        .limit(MOST_TENANTS)
        .map(TenantMetrics::name)
        .toList();
  }

  /** What the links of the tiers carried. */
  String copies() {
    if (shown.stream().allMatch(row -> row.traffic().pieces() == 0)) {
      return "<p class=\"none\">Nothing was copied.</p>";
    }
    return bars(
        "Bytes copied",
        "GB",
        List.of("swapped out", "waited for", "background"),
        List.of(
            row -> row.traffic().swapOutBytes() / GIGA,
            row -> row.traffic().swapInBytes() / GIGA,
            row -> row.traffic().demotedBytes() / GIGA));
  }

  private String bars(
      String title,
      String unit,
      List<String> names,
      List<? extends ToDoubleFunction<SimMetrics>> values) {
    double most =
        values.stream()
            .flatMapToDouble(value -> shown.stream().mapToDouble(value))
            .filter(value -> !Double.isNaN(value))
            .max()
            .orElse(0);
    Axis places = Axis.categories(names.stream().map(SimCharts::shortened).toList());
    SvgChart chart = new SvgChart(places, Axis.linear(unit, most));
    double width = GROUP_WIDTH / Math.max(1, shown.size());
    for (int group = 0; group < names.size(); group++) {
      for (int i = 0; i < shown.size(); i++) {
        double value = values.get(group).applyAsDouble(shown.get(i));
        if (!Double.isNaN(value)) {
          double from = group + (1 - GROUP_WIDTH) / 2 + i * width;
          String text = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
          String tip =
              "%s, %s: %s %s".formatted(names.get(group), shown.get(i).label(), text, unit);
          chart.bar(i, from, from + 0.92 * width, value, tip, text);
        }
      }
    }
    return chart.svg(title + ", " + unit);
  }

  private static String shortened(String name) {
    return name.length() <= LABEL_CHARS ? name : name.substring(0, LABEL_CHARS - 1) + "…";
  }
}
