package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.loadtest.workload.yaml.WorkloadYaml;
import io.kvasir.loadtest.workload.yaml.YamlMap;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a scenario from YAML. docs/scenarios shows every key. */
public final class ScenarioYaml {
  private static final String TRACE = "trace:";
  private static final double RATE_MAX = 1e6;
  private static final double SCALE_MAX = 1e9;
  private static final Duration INTERVAL_MIN = Duration.ofMillis(10);
  private static final Duration INTERVAL_MAX = Duration.ofHours(24);

  private final Path file;

  private ScenarioYaml(Path file) {
    this.file = file;
  }

  /**
   * Reads a scenario.
   *
   * @throws WorkloadException if it is none; the message names file, line and key
   */
  public static Scenario read(Path file) {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (IOException e) {
      throw WorkloadException.unreadable(file.toString(), e);
    }
    return YamlMap.read(file.toString(), yaml, new ScenarioYaml(file)::scenario);
  }

  private Scenario scenario(YamlMap map) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    Hardware hardware = new HardwareYaml(file).read(map);
    SimSetup.Timing timing =
        map.map("measure", ScenarioYaml::timing).orElse(SimSetup.Timing.DEFAULT);
    SetupYaml reader =
        new SetupYaml(hardware, promises(map), choice(map, "sessions", SessionPacing.OPEN), timing);
    List<SimSetup> setups = reader.read(map);
    Workload workload = workload(map);
    Shaping shaping = shaping(map, workload, setups);
    long seed = map.wholeLong("seed", 1);
    String description = map.text("description", "from " + file.getFileName());
    Scenario scenario = new Scenario(name, description, setups, workload, shaping, seed, Map.of());
    Map<String, Object> facts = Assumptions.of(scenario, hardware);
    if (map.has("rate")) {
      facts.put("rate_per_s", map.number("rate", 0));
    }
    return new Scenario(name, description, setups, workload, shaping, seed, facts).withSeed(seed);
  }

  private Workload workload(YamlMap map) {
    Object value = map.required("workload");
    Workload workload;
    try {
      if (value instanceof Map<?, ?>) {
        workload = map.map("workload", own -> WorkloadYaml.within(file, "own", own)).orElseThrow();
      } else {
        workload = Workloads.find(located(String.valueOf(value)));
      }
      double rate = map.positive("rate", 0, RATE_MAX);
      return rate == 0 ? workload : workload.atRate(rate);
    } catch (WorkloadException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.toString()) ? e : map.error("workload", message);
    }
  }

  /** Files are named from where the scenario lies. */
  private String located(String name) {
    if (name.startsWith(TRACE)) {
      return TRACE + HardwareYaml.resolve(file, name.substring(TRACE.length()));
    }
    Path beside = HardwareYaml.resolve(file, name);
    return Files.isRegularFile(beside) ? beside.toString() : name;
  }

  private static Shaping shaping(YamlMap map, Workload workload, List<SimSetup> setups) {
    String otherwise = workload.duration().map(own -> own.toMillis() + "ms").orElse("");
    long nanos = Long.MAX_VALUE;
    if (map.has("duration") || !otherwise.isEmpty()) {
      Duration duration = map.duration("duration", otherwise);
      nanos = duration.toNanos();
    }
    int context = setups.stream().mapToInt(SimSetup::contextTokens).min().orElseThrow();
    if (context < 2) {
      throw map.error("kv", "has room for 1 token, at least 2 are needed");
    }
    Set<String> only =
        map.has("only_tenants")
            ? map.list("only_tenants").stream().map(String::valueOf).collect(Collectors.toSet())
            : Set.of();
    return new Shaping(
        map.positive("time_scale", 1, SCALE_MAX),
        map.positive("length_scale", 1, SCALE_MAX),
        map.whole("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
        nanos,
        context,
        only);
  }

  private static Promises promises(YamlMap map) {
    SloTargets others = map.map("slo", WorkloadYaml::targets).orElse(SloTargets.NONE);
    Map<String, TenantSpec> tenants = new TreeMap<>();
    map.map(
        "tenants",
        named -> {
          for (String tenant : named.keys()) {
            if (tenant.equals(Tenants.OTHERS)) {
              throw named.error(tenant, "stands for tenants without an entry, who have slo");
            }
            named
                .map(tenant, spec -> tenant(tenant, spec, others))
                .ifPresent(spec -> tenants.put(tenant, spec));
          }
          return named;
        });
    return new Promises(tenants, others);
  }

  private static TenantSpec tenant(String name, YamlMap map, SloTargets others) {
    return new TenantSpec(
        name,
        map.number("weight", 1),
        map.whole("ttft_ms", others.ttftMillis()),
        map.whole("tbt_ms", others.tbtMillis()));
  }

  private static SimSetup.Timing timing(YamlMap map) {
    return new SimSetup.Timing(
        map.flag("drain", true), interval(map, "sample", "1s"), interval(map, "window", "60s"));
  }

  private static long interval(YamlMap map, String key, String otherwise) {
    Duration interval = map.duration(key, otherwise);
    if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
      throw map.error(key, "must be 10ms to 24h");
    }
    return interval.toNanos();
  }

  /** One of an enum's names, as {@link #lower} writes them. */
  static <E extends Enum<E>> E choice(YamlMap map, String key, E otherwise) {
    String wanted = map.text(key, lower(otherwise));
    for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
      if (lower(each).equals(wanted)) {
        return each;
      }
    }
    String all =
        Stream.of(otherwise.getDeclaringClass().getEnumConstants())
            .map(ScenarioYaml::lower)
            .collect(Collectors.joining(", "));
    throw map.error(key, "'" + wanted + "' is not one of " + all);
  }

  /** An enum's name as users write it, here and on the command line: lower case, with hyphens. */
  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
