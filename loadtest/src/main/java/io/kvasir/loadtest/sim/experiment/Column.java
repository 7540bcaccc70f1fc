package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.TenantMetrics;
import java.util.Locale;
import java.util.function.Function;

/**
 * A column of a table that people read.
 *
 * @param heading with unit
 * @param cell what it shows of a row
 */
public record Column(String heading, Function<SimMetrics, String> cell) {
  static final Column SYSTEM = new Column("system", SimMetrics::label);
  static final Column REQUESTS = count("requests", row -> (double) row.sent());
  static final Column TTFT_P50 = millis("TTFT p50 ms", SimMetrics::ttft, 50);
  static final Column TTFT_P95 = millis("TTFT p95 ms", SimMetrics::ttft, 95);
  static final Column TTFT_P99 = millis("TTFT p99 ms", SimMetrics::ttft, 99);
  static final Column TTFT_P999 = millis("TTFT p99.9 ms", SimMetrics::ttft, 99.9);
  static final Column TBT_P50 = millis("TBT p50 ms", SimMetrics::tbt, 50);
  static final Column TBT_P99 = millis("TBT p99 ms", SimMetrics::tbt, 99);
  static final Column TBT_P999 = millis("TBT p99.9 ms", SimMetrics::tbt, 99.9);
  static final Column TOKENS = count("tokens/s", SimMetrics::throughput);
  static final Column PROCESSED = count("with prompts/s", SimMetrics::processed);
  static final Column PREEMPTED = count("preempted", row -> (double) row.preemptions());
  static final Column RECOMPUTED =
      count("recomputed tokens", row -> (double) row.recomputedTokens());
  static final Column SWAP = format("swap GB", "%,.1f", row -> row.traffic().swapBytes() / 1e9);
  static final Column STALL = format("stall %", "%.1f", row -> 100 * row.stallShare());
  static final Column TAIL_STALL =
      format("stall % of slowest 1 %", "%.1f", row -> 100 * row.tailStallShare());
  static final Column DIFF_MAX = count("diff max tokens/s", row -> row.difference().max());
  static final Column DIFF_MEAN = count("diff mean tokens/s", row -> row.difference().mean());
  static final Column JAIN = format("Jain", "%.4f", SimMetrics::jain);
  static final Column SLO = format("SLO %", "%.1f", row -> 100 * row.attainment());
  static final Column SLO_WORST =
      format(
          "worst tenant SLO %",
          "%.1f",
          row ->
              100 * row.tenants().stream().mapToDouble(each -> each.attainment()).min().orElse(1));
  static final Column GOODPUT = format("goodput/s", "%.3f", SimMetrics::goodput);

  /** TTFT of one tenant. */
  static Column tenantTtftP99(String tenant) {
    return millis(
        "TTFT p99 ms " + tenant,
        row ->
            row.tenants().stream()
                .filter(each -> each.name().equals(tenant))
                .map(TenantMetrics::ttft)
                .findFirst()
                .orElse(Latency.NONE),
        99);
  }

  private static Column count(String heading, Function<SimMetrics, Double> value) {
    return format(heading, "%,.0f", value);
  }

  private static Column format(String heading, String format, Function<SimMetrics, Double> value) {
    return new Column(
        heading,
        row -> {
          double figure = value.apply(row);
          return Double.isNaN(figure) ? "-" : String.format(Locale.ROOT, format, figure);
        });
  }

  private static Column millis(
      String heading, Function<SimMetrics, Latency> latency, double percentile) {
    return format(
        heading,
        "%,.0f",
        row -> {
          Latency of = latency.apply(row);
          return of.count() == 0 ? Double.NaN : of.at(percentile);
        });
  }
}
