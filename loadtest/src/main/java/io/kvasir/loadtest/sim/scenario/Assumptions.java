package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.tenant.TenantSpec;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that the figures of a scenario rest on. */
public final class Assumptions {
  private static final List<String> NOTES =
      List.of(
          "virtual time: the scheduler's own core, policies and KV metadata, or, where a system's"
              + " core says so, a model of another engine's; no model is computed",
          "a request generates exactly its workload's number of output tokens",
          "TTFT counts from sending; TBT is every gap between two tokens of a request",
          "TTFT is of requests that got a first token, E2E of those that were completed",
          "within its targets: TTFT, and the mean time between tokens",
          "there is no gateway: nobody is refused for rates, quotas or a target that is out of"
              + " reach",
          "a stall lasts from a preemption to the next token; its share is of time from sending"
              + " to the end, of all requests or of the slowest hundredth",
          "service: 1 per uncached prompt token computed, 2 per token generated, by weight",
          "jain: mean over the windows with two or more tenants that had a request waiting at"
              + " every moment",
          "service_diff: as in VTC's evaluation (OSDI'24), sum over the clients, weighted tokens"
              + " per second; as there, answers of one token are asked for and never served",
          "swap_bytes: KV of victims out, and KV that an admitted request waits for in; cached"
              + " blocks that are copied down meanwhile are demoted_bytes",
          "copies never fail, and a shared server holds nothing of others; each direction of a link"
              + " carries one copy at a time",
          "percentiles are exact to 0.1 %, those of tenants to 1 %");

  private Assumptions() {}

  /** What a report says of a scenario, by name with unit. */
  public static Map<String, Object> of(Scenario scenario, Hardware hardware) {
    SimSetup first = scenario.setups().getFirst();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("scenario", scenario.name());
    facts.put("description", scenario.description());
    facts.put("seed", scenario.seed());
    facts.put("model", hardware.model().assumptions());
    facts.put("worker", hardware.stepTime().assumptions());
    facts.put("kv_blocks", hardware.kvBlocks());
    facts.put("kv_blocks_from", hardware.kvOrigin());
    facts.put("block_tokens", hardware.blockTokens());
    facts.put("block_bytes", hardware.model().geometry(hardware.blockTokens()).blockBytes());
    facts.put("tiers", hardware.tiers().stream().map(Assumptions::tier).toList());
    facts.put("workload", scenario.workload().name());
    facts.put("workload_description", scenario.workload().description());
    facts.putAll(shaping(scenario.shaping()));
    facts.put("sessions", ScenarioYaml.lower(first.sessions()));
    facts.put("slo_ttft_ms", first.promises().others().ttftMillis());
    facts.put("slo_tbt_ms", first.promises().others().tbtMillis());
    facts.put(
        "tenants",
        first.promises().tenants().values().stream()
            .sorted(Comparator.comparing(TenantSpec::id))
            .map(Assumptions::tenant)
            .toList());
    facts.put("drain", first.timing().drain());
    facts.put("window_s", first.timing().windowNanos() / 1e9);
    facts.put("systems", systems(scenario.setups()));
    facts.put("notes", NOTES);
    return facts;
  }

  private static Map<String, Object> shaping(Shaping shaping) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("time_scale", shaping.timeScale());
    facts.put("length_scale", shaping.lengthScale());
    if (shaping.limit() < Integer.MAX_VALUE) {
      facts.put("limit_requests", shaping.limit());
    }
    if (shaping.durationNanos() < Long.MAX_VALUE) {
      facts.put("duration_s", shaping.durationNanos() / 1e9);
    }
    facts.put("context_tokens", shaping.contextTokens());
    return facts;
  }

  private static Map<String, Object> tenant(TenantSpec tenant) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("tenant", tenant.id());
    facts.put("weight", tenant.weight());
    facts.put("slo_ttft_ms", tenant.ttftMillis());
    facts.put("slo_tbt_ms", tenant.tbtMillis());
    return facts;
  }

  private static Map<String, Object> tier(SimTier tier) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", tier.name());
    facts.put("kind", ScenarioYaml.lower(tier.kind()));
    facts.put("blocks", tier.slots());
    facts.put("read_bytes_per_s", tier.link().readBytesPerSecond());
    facts.put("write_bytes_per_s", tier.link().writeBytesPerSecond());
    facts.put("per_copy_us", tier.link().pieceNanos() / 1e3);
    return facts;
  }

  /** What distinguishes the systems, by name with unit. */
  static List<Map<String, Object>> systems(List<SimSetup> setups) {
    return setups.stream().map(Assumptions::system).toList();
  }

  private static Map<String, Object> system(SimSetup setup) {
    SchedulerConfig config = setup.scheduler();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("label", setup.label());
    facts.put("core", ScenarioYaml.lower(setup.core()));
    facts.put("policy", ScenarioYaml.lower(config.policy()));
    if (config.policy() == PolicyKind.TRACED) {
      facts.put("trace_pattern", ScenarioYaml.lower(config.policySettings().tracePattern()));
      facts.put("trace_updates_per_step", config.policySettings().traceFrequency());
      facts.put("trace_seed", config.policySettings().traceSeed());
    }
    facts.put("tiers", setup.tiers().stream().map(SimTier::name).toList());
    facts.put("max_running_requests", config.maxRunningRequests());
    facts.put("max_step_tokens", config.maxStepTokens());
    facts.put("max_plans_in_flight", config.maxPlansInFlight());
    facts.put("prefix_caching", config.prefixCaching());
    facts.put("preemption", ScenarioYaml.lower(config.preemption()));
    facts.put("keep_copies", config.keepCopies());
    facts.put("copy_patience_ms", config.copyPatienceMillis());
    facts.put("copy_unit", ScenarioYaml.lower(setup.copies().unit()));
    facts.put("copy_synchronous", setup.copies().synchronous());
    facts.put("plan_cost_step_us", setup.planCost().stepNanos() / 1e3);
    facts.put("plan_cost_request_us", setup.planCost().requestNanos() / 1e3);
    return facts;
  }
}
