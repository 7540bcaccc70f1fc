package io.kvasir.loadtest.sim.report;

import static io.kvasir.loadtest.report.HtmlPage.escape;

import io.kvasir.loadtest.report.Axis;
import io.kvasir.loadtest.report.HtmlPage;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.report.SvgChart;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A simulation's report as one page: a table, charts that compare the systems, assumptions. */
public final class SimReportHtml {
  /** As many as there are colours; more systems are in the table only. */
  private static final int MOST_SERIES = 8;

  private static final String UNITS =
      "<p>TTFT and TBT in ms; goodput in requests/s within their targets; diff max: service"
          + " difference, tokens/s.</p>\n";
  private static final double SMALLEST_MILLIS = 0.1;
  private static final int MOST_POINTS = 400;

  private final SimReport report;
  private final List<SimMetrics> shown;
  private final StringBuilder page = new StringBuilder();

  private SimReportHtml(SimReport report) {
    this.report = report;
    shown = report.rows().subList(0, Math.min(MOST_SERIES, report.rows().size()));
  }

  /** The page. */
  public static String of(SimReport report) {
    List<List<String>> cells = report.rows().stream().map(SimReportTable::cells).toList();
    return HtmlPage.begin("Kvasir simulation", report.name(), report.description())
        + sections("Systems", report, SimReportTable.headings(), cells, UNITS)
        + HtmlPage.END;
  }

  /**
   * A table, charts that compare the systems, and assumptions: a part of a page.
   *
   * @param headings of the table
   * @param cells of the table, a list per row of the report
   */
  public static String sections(SimReport report, List<String> headings, List<List<String>> cells) {
    return sections(report.name(), report, headings, cells, "");
  }

  private static String sections(
      String title,
      SimReport report,
      List<String> headings,
      List<List<String>> cells,
      String units) {
    SimReportHtml html = new SimReportHtml(report);
    html.table(title, headings, cells, units);
    html.charts();
    html.assumptions();
    return html.page.toString();
  }

  private void charts() {
    page.append("<section class=\"charts\">\n");
    chart("Time to first token", "by percentile", latency("TTFT", SimMetrics::ttft));
    chart("Time between tokens", "every gap, by percentile", latency("TBT", SimMetrics::tbt));
    chart(
        "Requests that wait",
        "without KV blocks",
        overTime(
            "requests",
            row -> row.timeline().waiting().stream().map(Integer::doubleValue).toList()));
    chart(
        "Device KV in use",
        "share of the blocks that requests hold",
        overTime(
            "per cent",
            row -> row.timeline().kvShare().stream().map(share -> 100 * share).toList()));
    page.append("</section>\n");
  }

  private void table(String title, List<String> headings, List<List<String>> rows, String units) {
    page.append("<section class=\"wide\">\n<h2>").append(escape(title));
    page.append("</h2>\n<table>\n<thead><tr>");
    headings.forEach(heading -> page.append("<th>").append(escape(heading)).append("</th>"));
    page.append("</tr></thead>\n<tbody>\n");
    for (int i = 0; i < rows.size(); i++) {
      List<String> cells = rows.get(i);
      page.append("<tr><th>");
      if (i < MOST_SERIES) {
        page.append("<i class=\"swatch s").append(i).append("\"></i>");
      }
      page.append(escape(cells.getFirst())).append("</th>");
      cells
          .subList(1, cells.size())
          .forEach(cell -> page.append("<td>").append(escape(cell)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</tbody>\n</table>\n").append(units).append("</section>\n");
  }

  private void chart(String title, String subtitle, String svg) {
    page.append("<figure>\n<figcaption><h2>").append(title).append("</h2><p>").append(subtitle);
    page.append("</p></figcaption>\n").append(svg).append("<p class=\"legend\">");
    for (int i = 0; i < shown.size(); i++) {
      page.append("<span><i class=\"swatch s").append(i).append("\"></i>");
      page.append(escape(shown.get(i).label())).append("</span>");
    }
    page.append("</p>\n</figure>\n");
  }

  private String latency(String title, Function<SimMetrics, Latency> latency) {
    double[] values =
        shown.stream()
            .map(latency)
            .filter(each -> each.count() > 0)
            .flatMap(each -> each.curve().stream())
            .mapToDouble(value -> Math.max(value, SMALLEST_MILLIS))
            .sorted()
            .toArray();
    if (values.length == 0) {
      return "<p class=\"none\">Nothing was measured.</p>";
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

  private String overTime(String unit, Function<SimMetrics, List<Double>> series) {
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

  private void assumptions() {
    page.append("<section class=\"wide\">\n<h2>Assumptions</h2>\n<dl>\n");
    report.assumptions().forEach(this::fact);
    page.append("</dl>\n</section>\n");
  }

  private void fact(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> fact(name + " " + key, inner));
    } else if (value instanceof List<?> list) {
      list.forEach(inner -> fact(name, inner));
    } else {
      page.append("<dt>").append(escape(name.replace('_', ' '))).append("</dt><dd>");
      page.append(escape(String.valueOf(value))).append("</dd>\n");
    }
  }
}
