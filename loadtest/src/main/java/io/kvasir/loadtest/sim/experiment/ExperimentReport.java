package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.report.SimReport;
import java.util.List;
import java.util.Map;

/**
 * What an experiment says: no figure in it depends on the machine or the time at which it ran.
 *
 * @param name the experiment's command
 * @param description one sentence
 * @param seed of workloads and token ids
 * @param notes what all of its figures rest on, besides what each part says
 * @param columns what is shown of a row; files hold all that was measured
 * @param parts one per comparison
 * @param goals what was hoped for
 */
public record ExperimentReport(
    String name,
    String description,
    long seed,
    List<String> notes,
    List<Column> columns,
    List<Part> parts,
    List<Goal> goals) {

  /** Keeps the lists unmodifiable. */
  public ExperimentReport {
    notes = List.copyOf(notes);
    columns = List.copyOf(columns);
    parts = List.copyOf(parts);
    goals = List.copyOf(goals);
  }

  /**
   * One comparison.
   *
   * @param columns what distinguishes it from the other parts, by name with unit
   * @param report title, assumptions and rows
   */
  public record Part(Map<String, Object> columns, SimReport report) {

    /** The row of that label; there must be one. */
    SimMetrics row(String label) {
      return report.rows().stream()
          .filter(row -> row.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no row " + label));
    }
  }
}
