package io.kvasir.loadtest.sim.report;

import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.TenantMetrics;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What each tenant got from each system: a line per tenant and system, tenants together. */
final class TenantTable {
  /** With more tenants the table is left out; the JSON has them all. */
  private static final int MOST_TENANTS = 12;

  static final List<String> HEADINGS =
      List.of(
          "tenant",
          "system",
          "weight",
          "requests",
          "SLO %",
          "TTFT p50 ms",
          "p99 ms",
          "TBT p50 ms",
          "p99 ms",
          "prompt tokens",
          "output tokens",
          "service %");

  static final String LEGEND =
      "SLO: requests within their targets; service: share of all, 1 per uncached prompt token"
          + " computed and 2 per token generated";

  private TenantTable() {}

  /** The lines; none if there is one tenant only, or too many. */
  static List<List<String>> rows(SimReport report) {
    Set<String> names = new LinkedHashSet<>();
    report.rows().forEach(row -> row.tenants().forEach(tenant -> names.add(tenant.name())));
    List<List<String>> rows = new ArrayList<>();
    if (names.size() > 1 && names.size() <= MOST_TENANTS) {
      for (String name : names) {
        report
            .rows()
            .forEach(row ->
                row.tenants().stream()
                    .filter(tenant -> tenant.name().equals(name))
                    .forEach(tenant -> rows.add(cells(row, tenant))));
      }
    }
    return rows;
  }

  private static List<String> cells(SimMetrics row, TenantMetrics tenant) {
    double service = row.tenants().stream().mapToDouble(TenantMetrics::service).sum();
    return List.of(
        tenant.name(),
        row.label(),
        String.format(Locale.ROOT, "%s", tenant.weight()),
        String.format(Locale.ROOT, "%,d", tenant.requests()),
        String.format(Locale.ROOT, "%.1f", 100 * tenant.attainment()),
        SimReportTable.millis(tenant.ttft(), 50.0),
        SimReportTable.millis(tenant.ttft(), 99.0),
        SimReportTable.millis(tenant.tbt(), 50.0),
        SimReportTable.millis(tenant.tbt(), 99.0),
        String.format(Locale.ROOT, "%,d", tenant.promptTokens()),
        String.format(Locale.ROOT, "%,d", tenant.outputTokens()),
        service == 0 ? "-" : String.format(Locale.ROOT, "%.1f", 100 * tenant.service() / service));
  }
}
