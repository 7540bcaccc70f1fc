package io.kvasir.loadtest.sim.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.TenantMetrics;
import java.util.LinkedHashMap;
import java.util.Map;

/** A simulation's report as one JSON object; every name says its unit. */
public final class SimReportJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Map<String, Double> PERCENTILES = percentiles();

  private SimReportJson() {}

  /** The report as indented text. */
  public static String text(SimReport report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("assumptions", MAPPER.valueToTree(report.assumptions()));
    ArrayNode rows = root.putArray("rows");
    report.rows().forEach(row -> rows.add(row(row)));
    return root.toPrettyString() + "\n";
  }

  /** One row. */
  public static ObjectNode row(SimMetrics row) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("label", row.label());
    node.put("policy", row.policy());
    node.put("duration_s", rounded(row.seconds()));
    node.put("sent_requests", row.sent());
    node.put("completed_requests", row.completed());
    node.put("unfinished_requests", row.unfinished());
    putLatency(node, "ttft", row.ttft());
    putLatency(node, "tbt", row.tbt());
    putLatency(node, "e2e", row.e2e());
    node.put("throughput_tokens_s", rounded(row.throughput()));
    node.put("processed_tokens_s", rounded(row.processed()));
    node.put("prompt_tokens", row.promptTokens());
    node.put("cached_tokens", row.cachedTokens());
    node.put("output_tokens", row.outputTokens());
    node.put("recomputed_tokens", row.recomputedTokens());
    node.put("swap_bytes", row.traffic().swapBytes());
    node.put("swap_out_bytes", row.traffic().swapOutBytes());
    node.put("swap_in_bytes", row.traffic().swapInBytes());
    node.put("demoted_bytes", row.traffic().demotedBytes());
    node.put("copied_pieces", row.traffic().pieces());
    node.put("links_busy_s", rounded(row.traffic().busySeconds()));
    node.put("preemptions", row.preemptions());
    node.set("victims", MAPPER.valueToTree(row.victims()));
    node.put("stall_share", rounded(row.stallShare()));
    node.put("stall_share_of_slowest", rounded(row.tailStallShare()));
    putOrNull(node, "jain", row.jain());
    putOrNull(node, "jain_min", row.jainMin());
    node.put("service_diff_max", rounded(row.difference().max()));
    node.put("service_diff_mean", rounded(row.difference().mean()));
    node.put("slo_attainment", rounded(row.attainment()));
    node.put("goodput_rps", rounded(row.goodput()));
    node.put("steps", row.steps());
    ArrayNode tenants = node.putArray("tenants");
    row.tenants().forEach(tenant -> tenants.add(tenant(tenant)));
    ObjectNode timeline = node.putObject("timeline");
    timeline.set("at_s", MAPPER.valueToTree(row.timeline().seconds()));
    timeline.set("running_requests", MAPPER.valueToTree(row.timeline().running()));
    timeline.set("waiting_requests", MAPPER.valueToTree(row.timeline().waiting()));
    timeline.set(
        "kv_share",
        MAPPER.valueToTree(row.timeline().kvShare().stream().map(SimReportJson::rounded).toList()));
    return node;
  }

  private static ObjectNode tenant(TenantMetrics tenant) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("tenant", tenant.name());
    node.put("weight", tenant.weight());
    node.put("sent_requests", tenant.requests());
    node.put("prompt_tokens", tenant.promptTokens());
    node.put("output_tokens", tenant.outputTokens());
    node.put("service_tokens", rounded(tenant.service()));
    node.put("slo_attainment", rounded(tenant.attainment()));
    putLatency(node, "ttft", tenant.ttft());
    putLatency(node, "tbt", tenant.tbt());
    return node;
  }

  /** Nothing measured is null, not zero. */
  private static void putLatency(ObjectNode node, String name, Latency latency) {
    PERCENTILES.forEach((suffix, percentile) ->
        putOrNull(
            node,
            name + "_" + suffix + "_ms",
            latency.count() == 0 ? Double.NaN : latency.at(percentile)));
  }

  private static void putOrNull(ObjectNode node, String field, double value) {
    if (Double.isNaN(value)) {
      node.putNull(field);
    } else {
      node.put(field, rounded(value));
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }

  private static Map<String, Double> percentiles() {
    Map<String, Double> percentiles = new LinkedHashMap<>();
    percentiles.put("p50", 50.0);
    percentiles.put("p95", 95.0);
    percentiles.put("p99", 99.0);
    percentiles.put("p999", 99.9);
    percentiles.put("max", 100.0);
    return percentiles;
  }
}
