package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.report.TextTable;
import java.util.List;

/** An experiment's report as text: a table per comparison, then goals and notes. */
public final class ExperimentTable {
  private ExperimentTable() {}

  /** Lines ended by newlines. */
  public static String of(ExperimentReport report) {
    StringBuilder out = new StringBuilder();
    for (ExperimentReport.Part part : report.parts()) {
      out.append(part.report().name()).append('\n');
      out.append(TextTable.of(headings(report), cells(report, part))).append('\n');
    }
    for (Goal goal : report.goals()) {
      out.append(goal.met() ? "met     " : "MISSED  ").append(goal.goal()).append('\n');
      out.append("        ").append(goal.seen()).append('\n');
    }
    out.append('\n');
    report.notes().forEach(note -> out.append("- ").append(note).append('\n'));
    return out.toString();
  }

  static List<String> headings(ExperimentReport report) {
    return report.columns().stream().map(Column::heading).toList();
  }

  static List<List<String>> cells(ExperimentReport report, ExperimentReport.Part part) {
    return part.report().rows().stream()
        .map(row -> report.columns().stream().map(column -> column.cell().apply(row)).toList())
        .toList();
  }
}
