package io.kvasir.loadtest.report;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run measured.
 *
 * @param run what was run
 * @param seconds from the end of the warm-up to the last event of the run, or to the end of sending
 * @param tenants in the order of the workload or of their first requests
 * @param total all tenants together
 * @param sendLag how much later than intended requests were sent
 * @param timeline what happened when
 */
public record LoadReport(
    RunInfo run,
    double seconds,
    List<TenantReport> tenants,
    TenantReport total,
    Latency sendLag,
    Timeline.Series timeline) {
  private static final double LAG_LIMIT_MILLIS = 20;

  /** Keeps the tenants unmodifiable. */
  public LoadReport {
    tenants = List.copyOf(tenants);
  }

  /** What makes the figures doubtful or deserves a look, one sentence each. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (sendLag.at(99) > LAG_LIMIT_MILLIS) {
      warnings.add(
          ("The driver lagged: it sent 1 %% of the requests more than %.0f ms late"
                  + " (latencies include it).")
              .formatted(sendLag.at(99)));
    }
    if (total.dropped() > 0) {
      warnings.add(
          "The driver dropped %d requests: %d were outstanding already."
              .formatted(total.dropped(), run.maxOutstanding()));
    }
    if (total.unfinished() > 0) {
      warnings.add(
          "%d requests were still running when the driver gave up.".formatted(total.unfinished()));
    }
    if (run.clipped() > 0) {
      warnings.add("%d requests were cut to fit the context.".formatted(run.clipped()));
    }
    if (total.errorsTotal() > 0) {
      warnings.add("%d requests failed: %s.".formatted(total.errorsTotal(), total.errors()));
    }
    return warnings;
  }

  /**
   * Jain's fairness index of the tenants' shares of answered requests, 1 / n to 1; 1 with one
   * tenant. It compares what each got with what each asked for.
   */
  public double jain() {
    double sum = 0;
    double squares = 0;
    int counted = 0;
    for (TenantReport tenant : tenants) {
      long asked = tenant.sent() + tenant.dropped();
      if (asked > 0) {
        double share = (double) tenant.ok() / asked;
        sum += share;
        squares += share * share;
        counted++;
      }
    }
    return squares == 0 ? 1 : sum * sum / (counted * squares);
  }
}
