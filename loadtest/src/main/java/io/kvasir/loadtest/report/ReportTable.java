package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report as text for a terminal: a line per tenant and one for all. */
public final class ReportTable {
  private static final List<String> HEADINGS =
      List.of(
          "tenant",
          "requests",
          "ok",
          "refused",
          "failed",
          "prompt tokens",
          "cached %",
          "output tokens",
          "tokens/s",
          "TTFT p50 ms",
          "p99 ms",
          "TBT p50 ms",
          "p99 ms",
          "goodput/s");

  private ReportTable() {}

  /** The table with headings, units and warnings, lines ended by newlines. */
  public static String of(LoadReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    report.tenants().forEach(tenant -> rows.add(row(tenant)));
    rows.add(row(report.total()));

    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    String rule = rule(widths);
    for (int i = 0; i < rows.size(); i++) {
      if (i == 1 || i == rows.size() - 1) {
        out.append(rule);
      }
      out.append(line(rows.get(i), widths));
    }
    out.append(
        String.format(
            Locale.ROOT,
            "TTFT from the intended send time; goodput: requests that met their targets; %.1f s in"
                + " all%n",
            report.seconds()));
    if (!report.run().warmup().equals(Warmup.NONE)) {
      out.append("warm-up before: ").append(report.run().warmup().text()).append('\n');
    }
    report.tenants().stream()
        .filter(tenant -> !tenant.reasons().isEmpty())
        .forEach(tenant -> out.append(refusals(tenant)));
    report.run().notes().forEach(note -> out.append(note).append('\n'));
    report.warnings().forEach(warning -> out.append("! ").append(warning).append('\n'));
    return out.toString();
  }

  private static String refusals(TenantReport tenant) {
    return tenant.reasons().entrySet().stream()
        .map(refused -> count(refused.getValue()) + " " + refused.getKey())
        .collect(Collectors.joining(", ", "refused of " + tenant.name() + ": ", "\n"));
  }

  private static List<String> row(TenantReport tenant) {
    return List.of(
        tenant.name(),
        count(tenant.sent() + tenant.dropped()),
        count(tenant.ok()),
        count(tenant.refusedTotal() + tenant.dropped()),
        count(tenant.errorsTotal() + tenant.deadline() + tenant.aborted() + tenant.unfinished()),
        count(tenant.promptTokens()),
        String.format(Locale.ROOT, "%.0f", 100 * tenant.cachedShare()),
        count(tenant.outputTokens()),
        String.format(Locale.ROOT, "%,.1f", tenant.tokensPerSecond()),
        millis(tenant.ttft(), 50.0),
        millis(tenant.ttft(), 99.0),
        millis(tenant.tbt(), 50.0),
        millis(tenant.tbt(), 99.0),
        String.format(Locale.ROOT, "%.2f", tenant.goodputPerSecond()));
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String millis(Latency latency, double percentile) {
    if (latency.count() == 0) {
      return "-";
    }
    double value = latency.at(percentile);
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String pad = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
    }
    return line.append('\n').toString();
  }

  private static String rule(int[] widths) {
    int width = 2 * (widths.length - 1);
    for (int each : widths) {
      width += each;
    }
    return "-".repeat(width) + "\n";
  }
}
