package io.kvasir.scheduler.cli;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.policy.MemoryWeights;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.ServiceWeights;
import io.kvasir.scheduler.policy.TracePattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code serve} that say who is served first; a mixin. */
final class PolicyOptions {
  private static final PolicySettings DEFAULT = PolicySettings.DEFAULT;

  /** How traced priorities change. */
  enum Trace {
    /** All drawn again. */
    random,
    /** Kept, mostly. */
    markov
  }

  /** A policy by its name on the command line. */
  static final class ByLabel implements ITypeConverter<PolicyKind> {
    @Override
    public PolicyKind convert(String label) {
      return Arrays.stream(PolicyKind.values())
          .filter(kind -> kind.label().equals(label.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is none of %s"
                      .formatted(
                          label,
                          Arrays.stream(PolicyKind.values()).map(PolicyKind::label).toList())));
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      converter = ByLabel.class,
      description = {
        "Who is served first (default: fair-slack):",
        "fair-slack: least slack to its target, of tenants that have not had too much;",
        "slack: least slack to its target;",
        "vtc: the tenant that was given least;",
        "dlpm: longest cached prefix, of tenants with quantum left;",
        "mlfq: short ones, by levels of service used;",
        "priority: higher priority, with ageing;",
        "traced: priorities drawn by a trace, for experiments;",
        "fcfs: first come, first served."
      })
  private PolicyKind policy = SchedulerConfig.DEFAULT.policy();

  @Option(
      names = "--fair-window-tokens",
      paramLabel = "N",
      description =
          "fair-slack: how far a tenant may be ahead of the one that was given least, in input"
              + " tokens by weight, 0 to 1e9 (default: ${DEFAULT-VALUE}).")
  private double windowTokens = DEFAULT.windowTokens();

  @Option(
      names = "--fair-credit-tokens",
      paramLabel = "N",
      description =
          "fair-slack: how much of what a tenant left unused it may use later, ahead of the"
              + " others, in input tokens by weight, 0 to 1e9 (default: ${DEFAULT-VALUE}).")
  private double creditTokens = DEFAULT.creditTokens();

  @Option(
      names = "--quantum-tokens",
      paramLabel = "N",
      description =
          "dlpm: service given at once; mlfq: of the first level, in input tokens, 1 to 1e9"
              + " (default: ${DEFAULT-VALUE}).")
  private double quantumTokens = DEFAULT.quantumTokens();

  @Option(
      names = "--input-weight",
      paramLabel = "W",
      description = "What a computed prompt token costs a tenant (default: ${DEFAULT-VALUE}).")
  private double inputWeight = DEFAULT.weights().input();

  @Option(
      names = "--output-weight",
      paramLabel = "W",
      description = "What a generated token costs a tenant (default: ${DEFAULT-VALUE}).")
  private double outputWeight = DEFAULT.weights().output();

  @Option(
      names = "--kv-weight",
      paramLabel = "PLACE=W",
      description =
          "What a GiB of KV costs a tenant per second, in input tokens, 0 to 1e9; PLACE is arena,"
              + " dram, cxl, ssd or remote; may be repeated (default: 0 everywhere).")
  private List<String> kvWeights = new ArrayList<>();

  @Option(
      names = "--swap-weight",
      paramLabel = "W",
      description =
          "What a GiB of KV moved for a preempted request or loaded for a new one costs its tenant,"
              + " in input tokens, 0 to 1e9 (default: ${DEFAULT-VALUE}).")
  private double swapWeight = DEFAULT.weights().memory().swap();

  @Option(
      names = "--priority-age-ms",
      paramLabel = "MS",
      description =
          "priority: waiting time worth one level, 1 to 3600000 (default: ${DEFAULT-VALUE}).")
  private long ageMillis = DEFAULT.ageMillis();

  @Option(
      names = "--priority-gap",
      paramLabel = "N",
      description =
          "priority: levels above a running request from which a waiting one takes its place, 1 to"
              + " 1000 (default: ${DEFAULT-VALUE}).")
  private int priorityGap = DEFAULT.priorityGap();

  @Option(
      names = "--starve-ms",
      paramLabel = "MS",
      description =
          "mlfq: waiting time after which a request is put into the first level, 1 to 3600000"
              + " (default: ${DEFAULT-VALUE}).")
  private long starveMillis = DEFAULT.starveMillis();

  @Option(
      names = "--trace-pattern",
      paramLabel = "random|markov",
      description = "traced: how priorities change (default: ${DEFAULT-VALUE}).")
  private Trace trace = Trace.random;

  @Option(
      names = "--trace-seed",
      paramLabel = "N",
      description = "traced: seed of the draws (default: ${DEFAULT-VALUE}).")
  private long traceSeed = DEFAULT.traceSeed();

  @Option(
      names = "--trace-frequency",
      paramLabel = "F",
      description =
          "traced: updates of priorities per step, above 0, at most 1 (default: ${DEFAULT-VALUE}).")
  private double traceFrequency = DEFAULT.traceFrequency();

  @Option(
      names = "--default-ttft-ms",
      paramLabel = "MS",
      description =
          "slack, fair-slack: target of the first token where none is given, 1 to 3600000"
              + " (default: ${DEFAULT-VALUE}).")
  private int ttftMillis = DEFAULT.ttftMillis();

  @Option(
      names = "--default-tbt-ms",
      paramLabel = "MS",
      description =
          "slack, fair-slack: target of the time between tokens where none is given, 1 to 3600000"
              + " (default: ${DEFAULT-VALUE}).")
  private int tbtMillis = DEFAULT.tbtMillis();

  @Option(
      names = "--lost-ms",
      paramLabel = "MS",
      description =
          "slack, fair-slack: by how much a request goes back that cannot make its target, 0 to"
              + " 3600000 (default: ${DEFAULT-VALUE}).")
  private long lostMillis = DEFAULT.lostMillis();

  /** Puts what was given into a configuration. */
  void addTo(SchedulerConfig.Builder scheduler) {
    scheduler.policy(policy).policySettings(settings());
  }

  private MemoryWeights memoryWeights() {
    double arena = 0;
    Map<TierKind, Double> tiers = new EnumMap<>(TierKind.class);
    for (String given : kvWeights) {
      int equals = given.indexOf('=');
      try {
        String place = given.substring(0, Math.max(0, equals));
        double weight = Double.parseDouble(given.substring(equals + 1));
        if (place.equals("arena")) {
          arena = weight;
        } else {
          tiers.put(TierKind.valueOf(place.toUpperCase(Locale.ROOT)), weight);
        }
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--kv-weight: '%s' is not arena, dram, cxl, ssd or remote, '=' and a number"
                .formatted(given),
            e);
      }
    }
    return new MemoryWeights(arena, tiers, swapWeight);
  }

  private PolicySettings settings() {
    try {
      return new PolicySettings(
          new ServiceWeights(inputWeight, outputWeight, memoryWeights()),
          windowTokens,
          creditTokens,
          quantumTokens,
          ageMillis,
          priorityGap,
          starveMillis,
          switch (trace) {
            case random -> TracePattern.RANDOM;
            case markov -> TracePattern.MARKOV;
          },
          traceSeed,
          traceFrequency,
          ttftMillis,
          tbtMillis,
          lostMillis);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--policy: " + e.getMessage(), e);
    }
  }
}
