package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one page without any outside resource: figures, a table, charts, assumptions. */
public final class HtmlReport {
  private final LoadReport report;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(LoadReport report) {
    this.report = report;
  }

  /** The page. */
  public static String of(LoadReport report) {
    HtmlReport html = new HtmlReport(report);
    html.write();
    return html.page.toString();
  }

  private void write() {
    RunInfo run = report.run();
    page.append(HtmlPage.begin("Kvasir load test", run.workload(), run.description()));
    notices();
    figures();
    table();
    charts();
    assumptions();
    page.append(HtmlPage.END);
  }

  private void notices() {
    List<String> notices = new ArrayList<>(report.run().notes());
    notices.addAll(report.warnings());
    if (!notices.isEmpty()) {
      page.append("<ul class=\"notices\">\n");
      notices.forEach(
          notice -> page.append("<li>").append(HtmlPage.escape(notice)).append("</li>\n"));
      page.append("</ul>\n");
    }
  }

  private void figures() {
    TenantReport total = report.total();
    page.append("<section class=\"figures\">\n");
    figure(
        "answered",
        String.format(Locale.ROOT, "%,d of %,d", total.ok(), total.sent() + total.dropped()));
    figure("output", String.format(Locale.ROOT, "%,.0f tokens/s", total.tokensPerSecond()));
    figure("TTFT p50 / p99", pair(total.ttft()));
    figure("TBT p50 / p99", pair(total.tbt()));
    figure("prompt from cache", String.format(Locale.ROOT, "%.0f %%", 100 * total.cachedShare()));
    figure(
        "requests within targets",
        String.format(
            Locale.ROOT, "%.2f /s, %.0f %%", total.goodputPerSecond(), 100 * total.attainment()));
    page.append("</section>\n");
  }

  private void figure(String name, String value) {
    page.append("<div><b>")
        .append(value)
        .append("</b><span>")
        .append(name)
        .append("</span></div>\n");
  }

  private void table() {
    page.append(
        """
        <section class="wide">
        <h2>Tenants</h2>
        <table>
        <thead><tr><th>tenant</th><th>requests</th><th>answered</th><th>refused</th><th>failed</th>
        <th>prompt tokens</th><th>cached</th><th>output tokens</th><th>tokens/s</th>
        <th>TTFT p50 / p99</th><th>TBT p50 / p99</th><th>E2E p50 / p99</th><th>preempted</th></tr>
        </thead>
        <tbody>
        """);
    List<String> coloured = new ReportCharts(report).names();
    for (TenantReport tenant : report.tenants()) {
      row(coloured.indexOf(tenant.name()), tenant);
    }
    page.append("</tbody>\n<tfoot>\n");
    row(-1, report.total());
    page.append("</tfoot>\n</table>\n</section>\n");
  }

  private void row(int series, TenantReport tenant) {
    String swatch = series < 0 ? "" : "<i class=\"swatch s" + series + "\"></i>";
    List<String> cells =
        List.of(
            count(tenant.sent() + tenant.dropped()),
            count(tenant.ok()),
            count(tenant.refusedTotal() + tenant.dropped()),
            count(
                tenant.errorsTotal() + tenant.deadline() + tenant.aborted() + tenant.unfinished()),
            count(tenant.promptTokens()),
            String.format(Locale.ROOT, "%.0f %%", 100 * tenant.cachedShare()),
            count(tenant.outputTokens()),
            String.format(Locale.ROOT, "%,.1f", tenant.tokensPerSecond()),
            pair(tenant.ttft()),
            pair(tenant.tbt()),
            pair(tenant.e2e()),
            count(tenant.preemptions()));
    page.append("<tr><th>").append(swatch);
    page.append(HtmlPage.escape(tenant.name())).append("</th>");
    cells.forEach(cell -> page.append("<td>").append(cell).append("</td>"));
    page.append("</tr>\n");
  }

  private void charts() {
    ReportCharts charts = new ReportCharts(report);
    page.append("<section class=\"charts\">\n");
    chart(
        "Time to first token",
        "from the intended send time",
        charts.latency("Time to first token by percentile", TenantReport::ttft),
        charts.names());
    chart(
        "Time between tokens",
        "one value per token after the first",
        charts.latency("Time between tokens by percentile", TenantReport::tbt),
        charts.names());
    chart(
        "Throughput",
        "output tokens, tenants on top of each other",
        charts.throughput("Output tokens per second over time"),
        charts.names());
    chart(
        "Requests in flight",
        "peak of each interval",
        charts.inFlight("Requests in flight over time"),
        List.of("receiving tokens", "waiting for the first token"));
    page.append("</section>\n");
  }

  private void chart(String title, String subtitle, String svg, List<String> legend) {
    page.append("<figure>\n<figcaption><h2>").append(title).append("</h2><p>").append(subtitle);
    page.append("</p></figcaption>\n").append(svg).append("<p class=\"legend\">");
    for (int i = 0; i < legend.size(); i++) {
      page.append("<span><i class=\"swatch s").append(i).append("\"></i>");
      page.append(HtmlPage.escape(legend.get(i))).append("</span>");
    }
    page.append("</p>\n</figure>\n");
  }

  private void assumptions() {
    RunInfo run = report.run();
    page.append("<section class=\"wide\">\n<h2>Assumptions</h2>\n<dl>\n");
    fact("target", run.target());
    for (Map.Entry<String, String> entry : run.model().entrySet()) {
      fact("model " + entry.getKey().replace('_', ' '), entry.getValue());
    }
    fact("seed", String.valueOf(run.seed()));
    fact("times multiplied by", String.valueOf(run.timeScale()));
    fact("lengths multiplied by", String.valueOf(run.lengthScale()));
    fact("requests cut to the context", count(run.clipped()));
    fact("most requests in flight", count(run.maxOutstanding()));
    fact("sent late by, p50 / p99", pair(report.sendLag()));
    fact("warm-up before", run.warmup().text());
    fact("length of the run", String.format(Locale.ROOT, "%.1f s", report.seconds()));
    fact("started", run.startedAt());
    fact("driver", run.versions() + ", " + run.cores() + " processors");
    page.append("</dl>\n</section>\n");
  }

  private void fact(String name, String value) {
    page.append("<dt>")
        .append(HtmlPage.escape(name))
        .append("</dt><dd>")
        .append(HtmlPage.escape(value));
    page.append("</dd>\n");
  }

  private static String pair(Latency latency) {
    return latency.count() == 0
        ? "–"
        : millis(latency.at(50.0)) + " / " + millis(latency.at(99.0)) + " ms";
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
