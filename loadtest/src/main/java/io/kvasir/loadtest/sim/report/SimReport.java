package io.kvasir.loadtest.sim.report;

import io.kvasir.loadtest.sim.metrics.SimMetrics;
import java.util.List;
import java.util.Map;

/**
 * What a simulation says: no figure in it depends on the machine or the time at which it ran.
 *
 * @param name what was simulated
 * @param description one sentence
 * @param assumptions what the figures rest on, by name with unit
 * @param rows one per system, in the order of the scenario
 */
public record SimReport(
    String name, String description, Map<String, Object> assumptions, List<SimMetrics> rows) {
  /** Keeps the rows unmodifiable. */
  public SimReport {
    rows = List.copyOf(rows);
  }
}
