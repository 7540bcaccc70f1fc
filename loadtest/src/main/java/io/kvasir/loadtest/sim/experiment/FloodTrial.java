package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.TenantMetrics;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.scheduler.policy.PolicyKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A tenant that asks for half of its share, alone and beside one that asks for 20 shares. */
final class FloodTrial {
  private static final double QUIET_SHARES = 0.5;
  private static final double FLOOD_SHARES = 20;
  private static final double MOST_SLOWER = 1.5;
  private static final int TENANTS = 2;

  /* The quiet one's requests, for each 100 that may be sent; enough for a 99th percentile. */
  private static final int QUIET_PERCENT = 10;

  private FloodTrial() {}

  static void run(
      ExperimentRun run,
      Comparison system,
      int requests,
      List<ExperimentReport.Part> parts,
      List<Goal> goals) {
    Comparison probe = system.under(ClientMix.flood(1, 1), Shaping.NONE);
    double share = Saturation.requestsPerSecond(probe, requests, run.seed()) / TENANTS;
    Workload workload = ClientMix.flood(QUIET_SHARES * share, FLOOD_SHARES * share);
    double seconds = requests * QUIET_PERCENT / 100.0 / (QUIET_SHARES * share);
    String model = system.hardware().model().name();
    ExperimentReport.Part alone =
        run.run(
            system
                .entitled("%s: a tenant alone".formatted(model), columns(model, 0))
                .of(only(system, PolicyKind.FAIR_SLACK))
                .under(workload, during(seconds, Set.of(ClientMix.QUIET))));
    ExperimentReport.Part flooded =
        run.run(
            system
                .entitled(
                    "%s: the same tenant, another floods at 20 times its share".formatted(model),
                    columns(model, FLOOD_SHARES))
                .of(only(system, PolicyKind.FCFS, PolicyKind.VTC, PolicyKind.FAIR_SLACK))
                .under(workload, during(seconds, Set.of())));
    parts.add(alone);
    parts.add(flooded);
    double solo = quietP99(alone.row(PolicyKind.FAIR_SLACK.label()));
    double beside = quietP99(flooded.row(PolicyKind.FAIR_SLACK.label()));
    goals.add(
        new Goal(
            "flood: TTFT p99 of who stays within its share is at most 1.5 times that alone",
            beside <= MOST_SLOWER * solo,
            String.format(
                Locale.ROOT, "%.0f ms alone, %.0f ms: %.2fx", solo, beside, beside / solo)));
  }

  private static Map<String, Object> columns(String model, double shares) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("clients", "flood");
    columns.put("model", model);
    columns.put("flood_shares", shares);
    return columns;
  }

  private static List<Engine> only(Comparison system, PolicyKind... kinds) {
    List<String> labels = List.of(kinds).stream().map(PolicyKind::label).toList();
    return system.engines().stream().filter(each -> labels.contains(each.label())).toList();
  }

  private static Shaping during(double seconds, Set<String> tenants) {
    return new Shaping(1, 1, Long.MAX_VALUE, Math.round(seconds * 1e9), 0, tenants);
  }

  private static double quietP99(SimMetrics row) {
    return row.tenants().stream()
        .filter(tenant -> tenant.name().equals(ClientMix.QUIET))
        .map(TenantMetrics::ttft)
        .findFirst()
        .orElse(Latency.NONE)
        .at(99);
  }
}
