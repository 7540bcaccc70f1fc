package io.kvasir.loadtest.sim.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.report.SimReportJson;

/** An experiment's report as JSON: units are in the names of the fields. */
public final class ExperimentJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ExperimentJson() {}

  /** The report as indented text. */
  public static String text(ExperimentReport report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("experiment", report.name());
    root.put("description", report.description());
    ObjectNode assumptions = root.putObject("assumptions");
    assumptions.put("seed", report.seed());
    assumptions.set("notes", MAPPER.valueToTree(report.notes()));
    ArrayNode comparisons = assumptions.putArray("comparisons");
    ArrayNode rows = root.putArray("rows");
    for (ExperimentReport.Part part : report.parts()) {
      comparisons.add(MAPPER.<ObjectNode>valueToTree(part.report().assumptions()));
      for (SimMetrics row : part.report().rows()) {
        ObjectNode node = rows.addObject();
        node.setAll(MAPPER.<ObjectNode>valueToTree(part.columns()));
        node.setAll(SimReportJson.row(row));
        // Second by second is for a single scenario's report.
        node.remove("timeline");
      }
    }
    ArrayNode goals = root.putArray("goals");
    for (Goal goal : report.goals()) {
      goals.addObject().put("goal", goal.goal()).put("met", goal.met()).put("seen", goal.seen());
    }
    return root.toPrettyString() + "\n";
  }
}
