package io.kvasir.loadtest.sim.report;

import static io.kvasir.loadtest.report.HtmlPage.escape;

import io.kvasir.loadtest.report.HtmlPage;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import java.util.List;

/** A simulation's report as one page: tables, charts that compare the systems, assumptions. */
public final class SimReportHtml {
  private final SimReport report;
  private final SimCharts charts;
  private final StringBuilder page = new StringBuilder();

  private SimReportHtml(SimReport report) {
    this.report = report;
    charts = new SimCharts(report);
  }

  /** The page. */
  public static String of(SimReport report) {
    SimReportHtml html = new SimReportHtml(report);
    html.page.append(HtmlPage.begin("Kvasir simulation", report.name(), report.description()));
    List<List<String>> cells = report.rows().stream().map(SimReportTable::cells).toList();
    html.systems("Systems", SimReportTable.headings(), cells, SimReportTable.LEGEND);
    html.tenants();
    html.charts();
    html.page.append(AssumptionsHtml.of(report.assumptions()));
    return html.page.append(HtmlPage.END).toString();
  }

  /**
   * A table, charts that compare the systems, and assumptions: a part of a page.
   *
   * @param headings of the table
   * @param cells of the table, a list per row of the report
   */
  public static String sections(SimReport report, List<String> headings, List<List<String>> cells) {
    SimReportHtml html = new SimReportHtml(report);
    html.systems(report.name(), headings, cells, "");
    html.charts();
    return html.page.append(AssumptionsHtml.of(report.assumptions())).toString();
  }

  private void systems(
      String title, List<String> headings, List<List<String>> rows, String legend) {
    begin(title, headings);
    for (int i = 0; i < rows.size(); i++) {
      row(i, rows.get(i));
    }
    end(legend);
  }

  private void tenants() {
    List<List<String>> rows = TenantTable.rows(report);
    if (!rows.isEmpty()) {
      begin("Tenants", TenantTable.HEADINGS);
      rows.forEach(cells -> row(charts.names().indexOf(cells.get(1)), cells));
      end(TenantTable.LEGEND);
    }
  }

  private void begin(String title, List<String> headings) {
    page.append("<section class=\"wide\">\n<h2>").append(escape(title));
    page.append("</h2>\n<table>\n<thead><tr>");
    headings.forEach(heading -> page.append("<th>").append(escape(heading)).append("</th>"));
    page.append("</tr></thead>\n<tbody>\n");
  }

  private void row(int series, List<String> cells) {
    page.append("<tr><th>");
    if (series >= 0 && series < SimCharts.MOST_SERIES) {
      page.append("<i class=\"swatch s").append(series).append("\"></i>");
    }
    page.append(escape(cells.getFirst())).append("</th>");
    cells
        .subList(1, cells.size())
        .forEach(cell -> page.append("<td>").append(escape(cell)).append("</td>"));
    page.append("</tr>\n");
  }

  private void end(String legend) {
    page.append("</tbody>\n</table>\n");
    if (!legend.isEmpty()) {
      page.append("<p class=\"units\">").append(escape(legend)).append("</p>\n");
    }
    page.append("</section>\n");
  }

  private void charts() {
    page.append("<section class=\"charts\">\n");
    chart("Time to first token", "by percentile", charts.latency("TTFT", SimMetrics::ttft));
    chart(
        "Time between tokens", "every gap, by percentile", charts.latency("TBT", SimMetrics::tbt));
    chart(
        "Requests within their targets",
        "of those sent",
        charts.byTenant(
            "Requests within their targets",
            "per cent",
            row -> 100 * row.attainment(),
            (row, tenant) -> 100 * tenant.attainment()));
    chart(
        "Time to first token, p99",
        "of those that got a first token",
        charts.byTenant(
            "TTFT p99",
            "milliseconds",
            row -> row.ttft().count() == 0 ? Double.NaN : row.ttft().at(99.0),
            (row, tenant) -> tenant.ttft().count() == 0 ? Double.NaN : tenant.ttft().at(99.0)));
    chart(
        "Throughput",
        "output tokens",
        charts.byTenant(
            "Throughput",
            "tokens per second",
            SimMetrics::throughput,
            (row, tenant) -> tenant.outputTokens() / row.seconds()));
    chart("Copies", "over the links of the tiers", charts.copies());
    chart(
        "Requests that wait",
        "without KV blocks",
        charts.overTime(
            "requests",
            row -> row.timeline().waiting().stream().map(Integer::doubleValue).toList()));
    chart(
        "Device KV in use",
        "share of the blocks that requests hold",
        charts.overTime(
            "per cent",
            row -> row.timeline().kvShare().stream().map(share -> 100 * share).toList()));
    page.append("</section>\n");
  }

  private void chart(String title, String subtitle, String svg) {
    page.append("<figure>\n<figcaption><h2>").append(title).append("</h2><p>").append(subtitle);
    page.append("</p></figcaption>\n").append(svg).append("<p class=\"legend\">");
    List<String> names = charts.names();
    for (int i = 0; i < names.size(); i++) {
      page.append("<span><i class=\"swatch s").append(i).append("\"></i>");
      page.append(escape(names.get(i))).append("</span>");
    }
    page.append("</p>\n</figure>\n");
  }
}
