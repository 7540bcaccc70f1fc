package io.kvasir.loadtest.sim.capacity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.sim.report.TextTable;
import io.kvasir.loadtest.workload.SloTargets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A capacity plan for people and programs.
 *
 * @param slo targets; 0: none
 * @param memoryShare share of the memory that is used
 * @param reserveBytes kept free for activations
 * @param rows one per device and size of request
 * @param fleet how many devices a trace needs; null: nobody asked
 */
public record CapacityReport(
    SloTargets slo,
    double memoryShare,
    long reserveBytes,
    List<Capacity> rows,
    @Nullable Fleet fleet)
    implements PlanReport {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static final List<String> HEADINGS =
      List.of(
          "device",
          "input tokens",
          "output tokens",
          "KV GB",
          "fit",
          "prefill s",
          "decode s",
          "switch s",
          "batch",
          "TBT ms",
          "requests/s",
          "TTFT");

  static final List<String> NOTES =
      List.of(
          "KV: of one request, which keeps that of its whole input and output while it runs",
          "fit: requests whose KV fits beside the weights",
          "prefill: one prompt alone; decode: one answer alone, half of it there on average",
          "switch: one request's KV out to the host and another's in",
          "batch: most requests decoded together within the TBT target; TBT: in that batch",
          "TTFT: whether a request fits, and its prompt alone meets its target",
          "requests/s: that batch always full, every prompt computed once, nothing shared, no"
              + " queue",
          "step time: max(compute, memory) + overhead, see worker");

  /** Keeps the rows unmodifiable. */
  public CapacityReport {
    rows = List.copyOf(rows);
  }

  @Override
  public String text() {
    String name = rows.isEmpty() ? "" : rows.getFirst().model().name() + "\n";
    StringBuilder out = new StringBuilder(name);
    out.append(TextTable.of(HEADINGS, rows.stream().map(CapacityReport::cells).toList()));
    NOTES.forEach(note -> out.append("- ").append(note).append('\n'));
    out.append(contextWarning(rows));
    if (fleet != null) {
      out.append('\n').append(fleet.text());
    }
    return out.toString();
  }

  /** A line about rows that are arithmetic only; empty: there are none. */
  static String contextWarning(List<Capacity> rows) {
    return rows.stream().noneMatch(Capacity::exceedsContext)
        ? ""
        : String.format(
            Locale.ROOT,
            "! input and output of some rows exceed the model's context of %,d tokens%n",
            rows.getFirst().contextTokens());
  }

  /** A row of the table, under the headings. */
  static List<String> cells(Capacity row) {
    return List.of(
        row.device().name(),
        String.format(Locale.ROOT, "%,d", row.inputTokens()),
        String.format(Locale.ROOT, "%,d", row.outputTokens()),
        String.format(Locale.ROOT, "%.2f", row.kvBytes() / 1e9),
        String.format(Locale.ROOT, "%,d", row.concurrency()),
        String.format(Locale.ROOT, "%.3f", row.prefillSeconds()),
        String.format(Locale.ROOT, "%.2f", row.decodeSeconds()),
        String.format(Locale.ROOT, "%.3f", row.switchSeconds()),
        row.batch() == 0 ? "none" : String.format(Locale.ROOT, "%,d", row.batch()),
        row.batch() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", row.tbtMillis()),
        String.format(Locale.ROOT, "%.2f", row.requestsPerSecond()),
        row.meetsTtft() ? "met" : "missed");
  }

  @Override
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode assumptions = root.putObject("assumptions");
    assumptions.put("ttft_ms", slo.ttftMillis());
    assumptions.put("tbt_ms", slo.tbtMillis());
    assume(assumptions, memoryShare, reserveBytes, rows, NOTES);
    ArrayNode array = root.putArray("rows");
    rows.forEach(row -> array.add(row(row)));
    if (fleet != null) {
      root.set("fleet", fleet.json());
    }
    return root.toPrettyString() + "\n";
  }

  /** Puts what the rows rest on, other than their targets. */
  static void assume(
      ObjectNode assumptions,
      double memoryShare,
      long reserveBytes,
      List<Capacity> rows,
      List<String> notes) {
    assumptions.put("memory_share", memoryShare);
    assumptions.put("reserve_bytes", reserveBytes);
    ArrayNode devices = assumptions.putArray("devices");
    rows.stream()
        .map(Capacity::device)
        .distinct()
        .forEach(device -> devices.add(MAPPER.valueToTree(device.assumptions())));
    if (!rows.isEmpty()) {
      assumptions.set("model", MAPPER.valueToTree(rows.getFirst().model().assumptions()));
    }
    assumptions.set("notes", MAPPER.valueToTree(notes));
  }

  /** A row as an object that can be added to. */
  static ObjectNode row(Capacity row) {
    return MAPPER
        .createObjectNode()
        .put("device", row.device().name())
        .put("input_tokens", row.inputTokens())
        .put("output_tokens", row.outputTokens())
        .put("kv_bytes_per_request", row.kvBytes())
        .put("concurrent_requests", row.concurrency())
        .put("prefill_s", row.prefillSeconds())
        .put("decode_s", row.decodeSeconds())
        .put("context_switch_s", row.switchSeconds())
        .put("batch_requests", row.batch())
        .put("tbt_ms", row.tbtMillis())
        .put("requests_per_s", row.requestsPerSecond())
        .put("meets_ttft", row.meetsTtft())
        .put("exceeds_context", row.exceedsContext());
  }
}
