package io.kvasir.loadtest.sim.report;

import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import java.util.List;
import java.util.Locale;

/** A simulation's report as text: a line per system. */
public final class SimReportTable {
  private static final List<String> HEADINGS =
      List.of(
          "system",
          "requests",
          "unfinished",
          "TTFT p50 ms",
          "p95 ms",
          "p99 ms",
          "p99.9 ms",
          "TBT p50 ms",
          "p99 ms",
          "p99.9 ms",
          "tokens/s",
          "goodput/s",
          "SLO %",
          "preempted",
          "stall %",
          "swap GB",
          "jain",
          "diff tokens/s");

  /** What the headings do not say. */
  static final String LEGEND =
      "TTFT: of requests that got a first token, which unfinished ones may not have; goodput:"
          + " requests within their targets, SLO: their share; stall: share of request time;"
          + " jain: of backlogged tenants; diff: largest service difference";

  private SimReportTable() {}

  /** The headings of the columns. */
  public static List<String> headings() {
    return HEADINGS;
  }

  /** The cells of a row, in the order of the headings. */
  public static List<String> cells(SimMetrics row) {
    return List.of(
        row.label(),
        String.format(Locale.ROOT, "%,d", row.sent()),
        String.format(Locale.ROOT, "%,d", row.unfinished()),
        millis(row.ttft(), 50.0),
        millis(row.ttft(), 95.0),
        millis(row.ttft(), 99.0),
        millis(row.ttft(), 99.9),
        millis(row.tbt(), 50.0),
        millis(row.tbt(), 99.0),
        millis(row.tbt(), 99.9),
        String.format(Locale.ROOT, "%,.0f", row.throughput()),
        String.format(Locale.ROOT, "%.2f", row.goodput()),
        String.format(Locale.ROOT, "%.1f", 100 * row.attainment()),
        String.format(Locale.ROOT, "%,d", row.preemptions()),
        String.format(Locale.ROOT, "%.1f", 100 * row.stallShare()),
        String.format(Locale.ROOT, "%,.1f", row.traffic().swapBytes() / 1e9),
        Double.isNaN(row.jain()) ? "-" : String.format(Locale.ROOT, "%.3f", row.jain()),
        String.format(Locale.ROOT, "%,.0f", row.difference().max()));
  }

  /** The tables with headings and units, of systems and of tenants; lines ended by newlines. */
  public static String of(SimReport report) {
    List<List<String>> systems = report.rows().stream().map(SimReportTable::cells).toList();
    String table = TextTable.of(HEADINGS, systems) + lines(LEGEND);
    List<List<String>> tenants = TenantTable.rows(report);
    return tenants.isEmpty()
        ? table
        : table + '\n' + TextTable.of(TenantTable.HEADINGS, tenants) + lines(TenantTable.LEGEND);
  }

  /** A line for each thing that is explained. */
  private static String lines(String legend) {
    return legend.replace("; ", "\n") + '\n';
  }

  static String millis(Latency latency, double percentile) {
    if (latency.count() == 0) {
      return "-";
    }
    double value = latency.at(percentile);
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
  }
}
