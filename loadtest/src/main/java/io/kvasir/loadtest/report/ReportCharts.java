package io.kvasir.loadtest.report;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** The charts of a report. With many tenants only the busiest are drawn by name. */
final class ReportCharts {
  /** As many as there are colours. */
  static final int MOST_SERIES = 8;

  private static final double SMALLEST_MILLIS = 0.1;

  /** Some bins of the timeline that make one point. */
  private record Span(int first, int end, double fromSeconds, double toSeconds) {
    double middleSeconds() {
      return (fromSeconds + toSeconds) / 2;
    }
  }

  private final LoadReport report;
  private final List<TenantReport> shown;

  ReportCharts(LoadReport report) {
    this.report = report;
    List<TenantReport> busiest =
        report.tenants().stream()
            .sorted(comparingLong(TenantReport::outputTokens).reversed())
            .limit(MOST_SERIES)
            .toList();
    shown = report.tenants().stream().filter(busiest::contains).toList();
  }

  /** The tenants with a colour, in the order of their colours. */
  List<String> names() {
    return shown.stream().map(TenantReport::name).toList();
  }

  /** Percentile curves of a latency, a line per tenant. */
  String latency(String title, Function<TenantReport, Latency> latency) {
    double[] values =
        shown.stream()
            .map(latency)
            .filter(each -> each.count() > 0)
            .flatMap(each -> each.curve().stream())
            .mapToDouble(value -> Math.max(value, SMALLEST_MILLIS))
            .toArray();
    if (values.length == 0) {
      return "<p class=\"none\">Nothing was measured.</p>";
    }
    SvgChart chart =
        new SvgChart(
            Axis.percentiles("percentile"),
            Axis.log(
                "milliseconds",
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow()));
    for (int i = 0; i < shown.size(); i++) {
      Latency each = latency.apply(shown.get(i));
      if (each.count() > 0) {
        curve(chart, i, shown.get(i).name(), each);
      }
    }
    return chart.svg(title);
  }

  /** Output tokens per second over time, tenants on top of each other. */
  String throughput(String title) {
    Timeline.Series series = report.timeline();
    List<Span> spans = spans(series);
    List<Double> times = spans.stream().map(Span::middleSeconds).toList();
    List<List<Double>> layers = new ArrayList<>();
    List<Double> below = times.stream().map(time -> 0.0).toList();
    layers.add(below);
    for (TenantReport tenant : shown) {
      List<Long> tokens = Objects.requireNonNullElse(series.tokens().get(tenant.name()), List.of());
      below = stacked(below, tokens, spans);
      layers.add(below);
    }
    double max = below.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    SvgChart chart =
        new SvgChart(
            Axis.time("seconds", Math.max(report.seconds(), series.binSeconds())),
            Axis.linear("tokens per second", max));
    for (int i = 0; i < shown.size(); i++) {
      chart.area(i, shown.get(i).name(), times, layers.get(i), layers.get(i + 1));
    }
    return chart.svg(title);
  }

  /** Requests in flight over time: those that wait for their first token, and the others. */
  String inFlight(String title) {
    Timeline.Series series = report.timeline();
    List<Double> times = new ArrayList<>();
    for (int bin = 0; bin < series.waiting().size(); bin++) {
      times.add(Math.min((bin + 0.5) * series.binSeconds(), report.seconds()));
    }
    List<Double> running = series.running().stream().map(Long::doubleValue).toList();
    List<Double> waiting = series.waiting().stream().map(Long::doubleValue).toList();
    double max =
        Math.max(
            running.stream().mapToDouble(Double::doubleValue).max().orElse(1),
            waiting.stream().mapToDouble(Double::doubleValue).max().orElse(1));
    SvgChart chart =
        new SvgChart(
            Axis.time("seconds", Math.max(report.seconds(), series.binSeconds())),
            Axis.linear("requests", max));
    chart.line(0, "receiving tokens", times, running);
    chart.line(1, "waiting for the first token", times, waiting);
    return chart.svg(title);
  }

  private static void curve(SvgChart chart, int series, String name, Latency latency) {
    List<Double> values =
        latency.curve().stream().map(value -> Math.max(value, SMALLEST_MILLIS)).toList();
    chart.line(series, name, Latency.PERCENTILES, values);
    List<Double> marked = List.of(50.0, 90.0, 99.0);
    chart.dots(
        series,
        marked,
        marked.stream().map(p -> Math.max(latency.at(p), SMALLEST_MILLIS)).toList(),
        marked.stream()
            .map(p -> String.format(Locale.ROOT, "%s p%.0f: %.1f ms", name, p, latency.at(p)))
            .toList());
  }

  /** At least a second each; what is left over at the end belongs to the last one. */
  private List<Span> spans(Timeline.Series series) {
    int bins = series.waiting().size();
    int group = Math.max(1, (int) Math.ceil(1 / series.binSeconds()));
    int count = Math.max(1, bins / group);
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int end = i == count - 1 ? bins : (i + 1) * group;
      double from = i * group * series.binSeconds();
      double to = Math.min(end * series.binSeconds(), report.seconds());
      spans.add(new Span(i * group, end, from, Math.max(to, from + 1e-3)));
    }
    return spans;
  }

  private static List<Double> stacked(List<Double> below, List<Long> tokens, List<Span> spans) {
    List<Double> above = new ArrayList<>();
    for (Span span : spans) {
      long sum = 0;
      for (int bin = span.first(); bin < Math.min(span.end(), tokens.size()); bin++) {
        sum += tokens.get(bin);
      }
      above.add(below.get(above.size()) + sum / (span.toSeconds() - span.fromSeconds()));
    }
    return above;
  }
}
