package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.workload.yaml.YamlMap;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.PolicyKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the systems that a scenario compares. What the scenario says of scheduler and copies holds
 * for all of them; a policy may say otherwise for itself.
 */
final class SetupYaml {
  private static final int UNBOUNDED_QUEUE = 1_000_000;
  private static final double MICROS = 1e3;
  private static final double MICROS_MAX = 1e6;
  private static final Pattern FIELD = Pattern.compile("([a-zA-Z]+) (.*)");

  private final Hardware hardware;
  private final Promises promises;
  private final SessionPacing sessions;
  private final SimSetup.Timing timing;

  SetupYaml(Hardware hardware, Promises promises, SessionPacing sessions, SimSetup.Timing timing) {
    this.hardware = hardware;
    this.promises = promises;
    this.sessions = sessions;
    this.timing = timing;
  }

  List<SimSetup> read(YamlMap map) {
    SimSetup base =
        new SimSetup(
            "",
            hardware.model(),
            hardware.stepTime(),
            hardware.blockTokens(),
            hardware.kvBlocks(),
            hardware.tiers(),
            CopyStyle.GROUPS,
            SchedulerConfig.builder().maxQueuedRequests(UNBOUNDED_QUEUE).build(),
            PlanCost.KVASIR,
            promises,
            sessions,
            timing,
            false);
    SimSetup all = changed(base, map);
    List<SimSetup> setups = new ArrayList<>();
    if (map.has("policies")) {
      setups.addAll(map.namesOrMaps("policies", name -> named(all, name), own -> own(all, own)));
    } else {
      setups.add(labelled(all, ScenarioYaml.lower(all.scheduler().policy())));
    }
    if (setups.isEmpty()) {
      throw map.error("policies", "at least one is needed");
    }
    Set<String> labels = new HashSet<>();
    for (SimSetup setup : setups) {
      if (!labels.add(setup.label())) {
        throw map.error("policies", "two have the label '" + setup.label() + "'");
      }
    }
    return setups;
  }

  private static SimSetup named(SimSetup base, String name) {
    for (PolicyKind kind : PolicyKind.values()) {
      if (ScenarioYaml.lower(kind).equals(name)) {
        SchedulerConfig config = base.scheduler().toBuilder().policy(kind).build();
        return with(base, name, base.copies(), config, base.planCost());
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not one of %s"
            .formatted(
                name, List.of(PolicyKind.values()).stream().map(ScenarioYaml::lower).toList()));
  }

  private static SimSetup own(SimSetup base, YamlMap map) {
    SimSetup changed = changed(base, map);
    PolicyKind policy = ScenarioYaml.choice(map, "policy", changed.scheduler().policy());
    String label = map.text("label", ScenarioYaml.lower(policy));
    SchedulerConfig config = changed.scheduler().toBuilder().policy(policy).build();
    return with(changed, label, changed.copies(), config, changed.planCost());
  }

  private static SimSetup changed(SimSetup base, YamlMap map) {
    CopyStyle copies = map.map("copies", own -> copies(own, base.copies())).orElse(base.copies());
    SchedulerConfig config =
        map.map("scheduler", own -> scheduler(own, base)).orElse(base.scheduler());
    PlanCost cost = map.map("plan_cost", own -> cost(own, base.planCost())).orElse(base.planCost());
    return with(base, base.label(), copies, config, cost);
  }

  private static CopyStyle copies(YamlMap map, CopyStyle base) {
    return new CopyStyle(
        ScenarioYaml.choice(map, "unit", base.unit()), map.flag("synchronous", base.synchronous()));
  }

  private static PlanCost cost(YamlMap map, PlanCost base) {
    return new PlanCost(
        Math.round(MICROS * map.number("step_us", base.stepNanos() / MICROS, 0, MICROS_MAX)),
        Math.round(MICROS * map.number("request_us", base.requestNanos() / MICROS, 0, MICROS_MAX)));
  }

  private static SchedulerConfig scheduler(YamlMap map, SimSetup base) {
    SchedulerConfig config = base.scheduler();
    SchedulerConfig.Builder builder =
        config.toBuilder()
            .policy(ScenarioYaml.choice(map, "policy", config.policy()))
            .maxRunningRequests(map.whole("max_running_requests", config.maxRunningRequests()))
            .maxStepTokens(map.whole("max_step_tokens", config.maxStepTokens()))
            .maxPlansInFlight(map.whole("max_plans_in_flight", config.maxPlansInFlight()))
            .prefixCaching(map.flag("prefix_caching", config.prefixCaching()))
            .preemption(ScenarioYaml.choice(map, "preemption", config.preemption()))
            .keepCopies(map.flag("keep_copies", config.keepCopies()))
            .copyPatienceMillis(map.whole("copy_patience_ms", (int) config.copyPatienceMillis()));
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw named(map, e);
    }
  }

  /** The settings know their limits; here their fields have the names of the keys. */
  private static RuntimeException named(YamlMap map, IllegalArgumentException e) {
    Matcher matcher = FIELD.matcher(String.valueOf(e.getMessage()));
    if (!matcher.matches()) {
      return e;
    }
    String key = matcher.group(1).replace("Millis", "Ms").replaceAll("([A-Z])", "_$1");
    return map.error(key.toLowerCase(Locale.ROOT), matcher.group(2));
  }

  private static SimSetup labelled(SimSetup base, String label) {
    return with(base, label, base.copies(), base.scheduler(), base.planCost());
  }

  private static SimSetup with(
      SimSetup base, String label, CopyStyle copies, SchedulerConfig scheduler, PlanCost cost) {
    return new SimSetup(
        label,
        base.model(),
        base.stepTime(),
        base.blockTokens(),
        base.kvBlocks(),
        base.tiers(),
        copies,
        scheduler,
        cost,
        base.promises(),
        base.sessions(),
        base.timing(),
        base.checked());
  }
}
