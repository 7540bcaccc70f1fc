package io.kvasir.scheduler.cli;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.gateway.grpc.TenantDefaultsCodec;
import io.kvasir.scheduler.tenant.ClassTargets;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.Rate;
import io.kvasir.scheduler.tenant.TenantDraft;
import io.kvasir.scheduler.tenant.TenantSettings;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.v1.TenantDefaults;
import io.kvasir.worker.cli.MemorySize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * The file of {@code --tenants}, in YAML. What a tenant does not say is as for one that nobody
 * configured anything for; unknown keys are refused.
 *
 * <pre>
 *   classes:              # targets of all tenants of a class: low, normal, high
 *     NAME: {ttft_ms, tbt_ms}
 *   unknown:              # tenants that are not below
 *     admit: true         # or false: refuse them
 *     remember: 4096      # tell so many apart
 *     promise: {...}      # as a tenant's
 *   tenants:
 *     NAME: {weight, class, ttft_ms, tbt_ms, requests_per_second, request_burst, tokens_per_second,
 *            token_burst, max_concurrent_requests, max_queued_requests, max_step_tokens,
 *            early_refusal,
 *            kv_quota: {device: SIZE, dram: SIZE, cxl: SIZE, ssd: SIZE, remote: SIZE}}
 * </pre>
 */
final class TenantFile {
  private final YamlFile yaml;
  private final Set<String> sections = new HashSet<>();
  private final List<TenantSpec> tenants = new ArrayList<>();
  private TenantSpec unknown = TenantSettings.DEFAULT.unknown();
  private final Map<PriorityClass, ClassTargets.Targets> classes =
      new EnumMap<>(PriorityClass.class);
  private boolean admitUnknown = true;
  private int maxUnknown = TenantSettings.DEFAULT.maxUnknown();
  private TenantSettings settings = TenantSettings.DEFAULT;

  private TenantFile(Path file) {
    yaml = new YamlFile(file);
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with file and line, if it is not such a file
   */
  static TenantFile read(Path file) {
    TenantFile read = new TenantFile(file);
    for (NodeTuple entry : read.yaml.entries("'classes', 'unknown' and 'tenants'")) {
      switch (read.once(entry, read.sections)) {
        case "classes" -> read.readClasses(entry.getValueNode());
        case "unknown" -> read.readUnknown(entry.getValueNode());
        case "tenants" -> read.readTenants(entry.getValueNode());
        default -> throw read.strange(entry, "classes, unknown, tenants");
      }
    }
    try {
      read.settings =
          new TenantSettings(
              read.tenants,
              read.unknown,
              read.admitUnknown,
              read.maxUnknown,
              TenantSettings.DEFAULT.earlyRefusal(),
              new ClassTargets(read.classes));
      return read;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** What a server that starts with the file promises. */
  TenantSettings settings() {
    return settings;
  }

  /** What the file says of tenants that it does not name, for a server that runs. */
  TenantDefaults defaults() {
    TenantDefaults.Builder defaults = TenantDefaultsCodec.of(settings).toBuilder();
    if (!sections.contains("classes")) {
      defaults.clearClasses();
    }
    if (!sections.contains("unknown")) {
      defaults.clearUnknown();
    }
    return defaults.build();
  }

  private void readClasses(Node node) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "classes to targets")) {
      String name = once(entry, seen);
      PriorityClass of =
          named(PriorityClass.values(), name)
              .orElseThrow(() -> strange(entry, names(PriorityClass.values())));
      classes.put(of, readTargets(entry.getValueNode()));
    }
  }

  private ClassTargets.Targets readTargets(Node node) {
    int ttftMillis = 0;
    int tbtMillis = 0;
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "ttft_ms and tbt_ms")) {
      switch (once(entry, seen)) {
        case "ttft_ms" -> ttftMillis = parse(entry, "milliseconds", Integer::valueOf);
        case "tbt_ms" -> tbtMillis = parse(entry, "milliseconds", Integer::valueOf);
        default -> throw strange(entry, "ttft_ms, tbt_ms");
      }
    }
    try {
      return new ClassTargets.Targets(ttftMillis, tbtMillis);
    } catch (IllegalArgumentException e) {
      throw yaml.at(node, String.valueOf(e.getMessage()));
    }
  }

  private void readUnknown(Node node) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "admit, remember and promise")) {
      switch (once(entry, seen)) {
        case "admit" -> admitUnknown = parse(entry, "true or false", TenantFile::flag);
        case "remember" -> maxUnknown = parse(entry, "a whole number", Integer::valueOf);
        case "promise" -> unknown = promise(unknown.id(), entry.getValueNode());
        default -> throw strange(entry, "admit, remember, promise");
      }
    }
  }

  private void readTenants(Node node) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "tenants' ids to what they are promised")) {
      tenants.add(promise(once(entry, seen), entry.getValueNode()));
    }
  }

  private TenantSpec promise(String id, Node node) {
    TenantDraft draft = new TenantSpec(id, 1, 0, 0).toDraft();
    double[] rates = new double[4];
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "what the tenant is promised")) {
      switch (once(entry, seen)) {
        case "weight" -> draft.weight(number(entry));
        case "class" -> draft.priorityClass(oneOf(entry, PriorityClass.values()));
        case "ttft_ms" -> draft.ttftMillis(parse(entry, "milliseconds", Integer::valueOf));
        case "tbt_ms" -> draft.tbtMillis(parse(entry, "milliseconds", Integer::valueOf));
        case "requests_per_second" -> rates[0] = number(entry);
        case "request_burst" -> rates[1] = number(entry);
        case "tokens_per_second" -> rates[2] = number(entry);
        case "token_burst" -> rates[3] = number(entry);
        case "max_concurrent_requests" ->
            draft.maxConcurrent(parse(entry, "a whole number", Integer::valueOf));
        case "max_queued_requests" ->
            draft.maxQueued(parse(entry, "a whole number", Integer::valueOf));
        case "max_step_tokens" ->
            draft.maxStepTokens(parse(entry, "a whole number", Integer::valueOf));
        case "early_refusal" -> draft.earlyRefusal(oneOf(entry, EarlyRefusal.values()));
        case "kv_quota" -> readQuota(entry.getValueNode(), draft);
        default ->
            throw strange(
                entry,
                "weight, class, ttft_ms, tbt_ms, requests_per_second, request_burst,"
                    + " tokens_per_second, token_burst, max_concurrent_requests,"
                    + " max_queued_requests, max_step_tokens, early_refusal, kv_quota");
      }
    }
    try {
      return draft.requests(rate(rates[0], rates[1])).tokens(rate(rates[2], rates[3])).build();
    } catch (IllegalArgumentException e) {
      throw yaml.at(node, String.valueOf(e.getMessage()));
    }
  }

  private void readQuota(Node node, TenantDraft draft) {
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : yaml.entries(node, "where KV is to how much")) {
      String place = once(entry, seen);
      if (place.equals("device")) {
        draft.deviceKvBytes(size(entry));
      } else {
        TierKind kind =
            named(TierKind.values(), place)
                .orElseThrow(() -> strange(entry, "device, " + names(TierKind.values())));
        draft.tierKvBytes(kind, size(entry));
      }
    }
  }

  private long size(NodeTuple entry) {
    return parse(entry, "a size such as 4GiB", value -> MemorySize.parse(value).bytes());
  }

  private static Rate rate(double perSecond, double burst) {
    return perSecond > 0 && burst == 0 ? Rate.of(perSecond) : new Rate(perSecond, burst);
  }

  private String once(NodeTuple entry, Set<String> seen) {
    String name = yaml.name(entry);
    if (!seen.add(name)) {
      throw yaml.at(entry.getKeyNode(), name + " is there twice");
    }
    return name;
  }

  private IllegalArgumentException strange(NodeTuple entry, String known) {
    return yaml.at(
        entry.getKeyNode(), "unknown key '" + yaml.name(entry) + "'; there are " + known);
  }

  private double number(NodeTuple entry) {
    return parse(entry, "a number", Double::valueOf);
  }

  private static boolean flag(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(value);
    };
  }

  private <E extends Enum<E>> E oneOf(NodeTuple entry, E[] values) {
    return parse(
        entry,
        "one of " + names(values),
        text -> named(values, text).orElseThrow(() -> new IllegalArgumentException(text)));
  }

  private static <E extends Enum<E>> Optional<E> named(E[] values, String text) {
    return Arrays.stream(values)
        .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  private static <E extends Enum<E>> String names(E[] values) {
    return Arrays.stream(values)
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private <T> T parse(NodeTuple entry, String expected, Function<String, T> parser) {
    String value = yaml.value(entry);
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw yaml.at(
          entry.getValueNode(), "%s is %s, not '%s'".formatted(yaml.name(entry), expected, value));
    }
  }
}
