package io.kvasir.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The report as one JSON object; every name says its unit. */
public final class ReportJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ReportJson() {}

  /** The report as indented text. */
  public static String text(LoadReport report) {
    return of(report).toPrettyString();
  }

  /** The report as a tree. */
  public static ObjectNode of(LoadReport report) {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("assumptions", run(report.run()));
    root.put("duration_s", rounded(report.seconds()));
    root.set("total", tenant(report.total()));
    ObjectNode tenants = root.putObject("tenants");
    for (TenantReport tenant : report.tenants()) {
      tenants.set(tenant.name(), tenant(tenant));
    }
    root.put("jain_answered_share", rounded(report.jain()));
    putLatency(root, "send_lag", report.sendLag());
    root.set("warnings", MAPPER.valueToTree(report.warnings()));
    root.set("timeline", timeline(report.timeline()));
    return root;
  }

  private static ObjectNode run(RunInfo run) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("workload", run.workload());
    node.put("description", run.description());
    node.put("seed", run.seed());
    node.put("target", run.target());
    node.set("model", MAPPER.valueToTree(run.model()));
    node.put("time_scale", run.timeScale());
    node.put("length_scale", run.lengthScale());
    node.put("warmup_s", rounded(run.warmup().seconds()));
    node.put("warmup_requests", run.warmup().requests());
    node.put("clipped_requests", run.clipped());
    node.put("max_outstanding_requests", run.maxOutstanding());
    node.put("versions", run.versions());
    node.put("driver_cores", run.cores());
    node.put("started_at", run.startedAt());
    node.put("latency_counts_from", "intended send time");
    node.set("notes", MAPPER.valueToTree(run.notes()));
    return node;
  }

  private static ObjectNode tenant(TenantReport tenant) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("sent_requests", tenant.sent());
    node.put("ok_requests", tenant.ok());
    node.put("refused_requests", tenant.refusedTotal());
    node.set("refused_by_code", counts(tenant.refused()));
    node.set("refused_by_reason", counts(tenant.reasons()));
    node.put("error_requests", tenant.errorsTotal());
    node.set("errors_by_code", counts(tenant.errors()));
    node.put("deadline_requests", tenant.deadline());
    node.put("aborted_requests", tenant.aborted());
    node.put("unfinished_requests", tenant.unfinished());
    node.put("dropped_by_driver_requests", tenant.dropped());
    node.put("prompt_tokens", tenant.promptTokens());
    node.put("cached_tokens", tenant.cachedTokens());
    node.put("cached_share", rounded(tenant.cachedShare()));
    node.put("output_tokens", tenant.outputTokens());
    node.put("throughput_tokens_s", rounded(tenant.tokensPerSecond()));
    node.put("within_targets_requests", tenant.withinTargets());
    node.put("slo_attainment", rounded(tenant.attainment()));
    node.put("goodput_rps", rounded(tenant.goodputPerSecond()));
    node.put("preemptions", tenant.preemptions());
    node.put("recomputed_tokens", tenant.recomputedTokens());
    putLatency(node, "ttft", tenant.ttft());
    putLatency(node, "tbt", tenant.tbt());
    putLatency(node, "tpot", tenant.tpot());
    putLatency(node, "e2e", tenant.e2e());
    putLatency(node, "queue", tenant.queue());
    return node;
  }

  /** Nothing measured is null, not zero. */
  private static void putLatency(ObjectNode node, String name, Latency latency) {
    node.put(name + "_count", latency.count());
    Map<String, Double> values =
        Map.of(
            "mean", latency.meanMillis(),
            "p50", latency.at(50.0),
            "p90", latency.at(90.0),
            "p95", latency.at(95.0),
            "p99", latency.at(99.0),
            "p999", latency.at(99.9),
            "max", latency.maxMillis());
    for (String key : List.of("mean", "p50", "p90", "p95", "p99", "p999", "max")) {
      String field = name + "_" + key + "_ms";
      if (latency.count() == 0) {
        node.putNull(field);
      } else {
        node.put(field, rounded(values.getOrDefault(key, 0.0)));
      }
    }
  }

  private static JsonNode timeline(Timeline.Series series) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("bin_s", series.binSeconds());
    node.set("output_tokens", MAPPER.valueToTree(series.tokens()));
    node.set("waiting_requests_max", MAPPER.valueToTree(series.waiting()));
    node.set("running_requests_max", MAPPER.valueToTree(series.running()));
    return node;
  }

  private static JsonNode counts(Map<String, Long> counts) {
    return MAPPER.valueToTree(counts);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
