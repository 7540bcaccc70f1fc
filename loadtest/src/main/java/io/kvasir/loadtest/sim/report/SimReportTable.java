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
          "TTFT p50",
          "p95",
          "p99",
          "p99.9",
          "TBT p50",
          "p99",
          "p99.9",
          "tokens/s",
          "goodput",
          "SLO",
          "preempted",
          "stall",
          "swap GB",
          "jain",
          "diff max");

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
        millis(row.ttft(), 50.0),
        millis(row.ttft(), 95.0),
        millis(row.ttft(), 99.0),
        millis(row.ttft(), 99.9),
        millis(row.tbt(), 50.0),
        millis(row.tbt(), 99.0),
        millis(row.tbt(), 99.9),
        String.format(Locale.ROOT, "%,.0f", row.throughput()),
        String.format(Locale.ROOT, "%.2f", row.goodput()),
        String.format(Locale.ROOT, "%.1f %%", 100 * row.attainment()),
        String.format(Locale.ROOT, "%,d", row.preemptions()),
        String.format(Locale.ROOT, "%.1f %%", 100 * row.stallShare()),
        String.format(Locale.ROOT, "%,.1f", row.traffic().swapBytes() / 1e9),
        Double.isNaN(row.jain()) ? "-" : String.format(Locale.ROOT, "%.3f", row.jain()),
        String.format(Locale.ROOT, "%,.0f", row.difference().max()));
  }

  /** The table with headings and units, lines ended by newlines. */
  public static String of(SimReport report) {
    return TextTable.of(HEADINGS, report.rows().stream().map(SimReportTable::cells).toList())
        + "TTFT and TBT in ms; goodput in requests/s within their targets; stall: share of request"
        + " time;\njain: of backlogged tenants; diff max: service difference, tokens/s\n";
  }

  private static String millis(Latency latency, double percentile) {
    if (latency.count() == 0) {
      return "-";
    }
    double value = latency.at(percentile);
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
  }
}
