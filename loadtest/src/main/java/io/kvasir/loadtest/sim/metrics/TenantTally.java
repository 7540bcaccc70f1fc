package io.kvasir.loadtest.sim.metrics;

import io.kvasir.loadtest.report.Latency;
import org.HdrHistogram.Histogram;

/** Counts of one tenant while a run goes on. Percentiles are exact to 1 %. */
final class TenantTally {
  private static final int DIGITS = 2;

  final Histogram ttftMicros = new Histogram(DIGITS);
  final Histogram tbtMicros = new Histogram(DIGITS);
  long requests;
  long withinTargets;
  long promptTokens;
  long outputTokens;

  TenantMetrics metrics(String name, double weight, double service) {
    return new TenantMetrics(
        name,
        weight,
        requests,
        withinTargets,
        promptTokens,
        outputTokens,
        service,
        Latency.of(ttftMicros),
        Latency.of(tbtMicros));
  }
}
