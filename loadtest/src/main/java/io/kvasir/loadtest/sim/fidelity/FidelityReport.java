package io.kvasir.loadtest.sim.fidelity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A live run and the simulation of the same arrivals, side by side.
 *
 * @param assumptions what the simulation rests on, by name with unit
 * @param rows one per figure
 */
public record FidelityReport(Map<String, Object> assumptions, List<Row> rows) {
  /** How far apart the two may be. */
  public static final double TOLERANCE = 0.15;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * One figure.
   *
   * @param metric its name, with its unit
   * @param live as measured
   * @param simulated as simulated
   */
  public record Row(String metric, double live, double simulated) {
    /** Simulated by live; NaN if nothing was measured. */
    public double ratio() {
      return live > 0 ? simulated / live : Double.NaN;
    }

    /** Whether the two are near enough. */
    public boolean within() {
      return Math.abs(ratio() - 1) <= TOLERANCE;
    }
  }

  /** Keeps the rows unmodifiable. */
  public FidelityReport {
    rows = List.copyOf(rows);
  }

  /** What was measured one way. */
  public record Figures(Latency ttft, Latency tbt) {}

  /**
   * Compares.
   *
   * @param clientMillis what a call costs besides being served, added to the simulated first token
   */
  public static FidelityReport of(
      Map<String, Object> assumptions, Figures live, Figures simulated, double clientMillis) {
    List<Row> rows = new ArrayList<>();
    for (double percentile : new double[] {50.0, 99.0}) {
      String name = String.format(Locale.ROOT, "ttft_p%.0f_ms", percentile);
      double first = simulated.ttft().at(percentile) + clientMillis;
      rows.add(new Row(name, live.ttft().at(percentile), first));
    }
    for (double percentile : new double[] {50.0, 99.0}) {
      String name = String.format(Locale.ROOT, "tbt_p%.0f_ms", percentile);
      rows.add(new Row(name, live.tbt().at(percentile), simulated.tbt().at(percentile)));
    }
    return new FidelityReport(assumptions, rows);
  }

  /** Whether every figure is near enough. */
  public boolean within() {
    return rows.stream().allMatch(Row::within);
  }

  /** For people. */
  public String table() {
    List<List<String>> cells = new ArrayList<>();
    for (Row row : rows) {
      cells.add(
          List.of(
              row.metric(),
              String.format(Locale.ROOT, "%.2f", row.live()),
              String.format(Locale.ROOT, "%.2f", row.simulated()),
              String.format(Locale.ROOT, "%.3f", row.ratio()),
              row.within() ? "yes" : "no"));
    }
    return TextTable.of(List.of("figure", "live", "simulated", "ratio", "within 15 %"), cells);
  }

  /** For programs. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("assumptions", MAPPER.valueToTree(assumptions));
    root.put("tolerance", TOLERANCE);
    root.put("within", within());
    ArrayNode array = root.putArray("rows");
    for (Row row : rows) {
      array
          .addObject()
          .put("metric", row.metric())
          .put("live", row.live())
          .put("simulated", row.simulated())
          .put("ratio", Double.isNaN(row.ratio()) ? null : row.ratio())
          .put("within", row.within());
    }
    return root.toPrettyString() + "\n";
  }
}
