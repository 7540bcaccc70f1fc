package io.kvasir.loadtest.workload.yaml;

import io.kvasir.loadtest.workload.ArrivalProcess;
import io.kvasir.loadtest.workload.LengthDistribution;
import io.kvasir.loadtest.workload.PromptShape;
import io.kvasir.loadtest.workload.SamplingSpec;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.SyntheticWorkload;
import io.kvasir.loadtest.workload.TenantMix;
import io.kvasir.loadtest.workload.Turns;
import io.kvasir.loadtest.workload.WorkloadException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a synthetic workload from YAML. The bundled files show every key. */
public final class WorkloadYaml {
  private static final double RATE_MAX = 1e6;
  private static final int TARGET_MILLIS_MAX = 86_400_000;
  private static final int PREFIX_TOKENS_MAX = 1 << 24;
  private static final double P99_SIGMAS = 2.3263478740408408;

  private final String source;

  private WorkloadYaml(String source) {
    this.source = source;
  }

  /**
   * Reads a workload.
   *
   * @param source where it comes from, for messages
   * @param name its name in reports
   * @param yaml its text
   * @throws WorkloadException if it is not a workload; the message names the key
   */
  public static SyntheticWorkload parse(String source, String name, String yaml) {
    return YamlMap.read(source, yaml, map -> new WorkloadYaml(source).workload(name, map));
  }

  /**
   * Reads a workload that is a part of another file.
   *
   * @param file whose part it is, for its description
   * @param name its name in reports
   */
  public static SyntheticWorkload within(Path file, String name, YamlMap map) {
    return new WorkloadYaml(file.toString()).workload(name, map);
  }

  private SyntheticWorkload workload(String name, YamlMap map) {
    double rate = map.positive("rate", 0, RATE_MAX);
    List<TenantMix> mixes = map.maps("tenants", tenant -> tenant(tenant, rate));
    if (rate > 0) {
      double weights = mixes.stream().mapToDouble(TenantMix::ratePerSecond).sum();
      mixes = mixes.stream().map(mix -> mix.timesRate(rate / weights)).toList();
    }
    // A report must not depend on the directory from which its file was named.
    String description = map.text("description", "from " + Path.of(source).getFileName());
    return new SyntheticWorkload(name, description, mixes, map.duration("duration", "30s"));
  }

  /** With a rate for all, tenants share it by weight; otherwise each has its own. */
  private TenantMix tenant(YamlMap map, double sharedRate) {
    double rate =
        sharedRate > 0 ? map.positive("weight", 1, RATE_MAX) : map.positive("rate", 0, RATE_MAX);
    PromptShape prompts = prompts(map);
    return new TenantMix(
        String.valueOf(map.required("name")),
        rate,
        map.map("arrivals", WorkloadYaml::process).orElse(new ArrivalProcess.Poisson()),
        prompts,
        map.map("turns", WorkloadYaml::turns).orElse(Turns.ONE),
        length(map, "output_tokens"),
        map.flag("ignore_eos", prompts instanceof PromptShape.Tokens),
        map.whole("priority", 0),
        map.map("sampling", WorkloadYaml::sampling).orElse(SamplingSpec.GREEDY),
        map.map("slo", WorkloadYaml::targets).orElse(SloTargets.NONE),
        map.whole("conversations", 0, 0, Integer.MAX_VALUE));
  }

  /** Latency targets: {@code ttft_ms} and {@code tbt_ms}, 0: none. */
  public static SloTargets targets(YamlMap map) {
    return new SloTargets(
        map.whole("ttft_ms", 0, 0, TARGET_MILLIS_MAX),
        map.whole("tbt_ms", 0, 0, TARGET_MILLIS_MAX));
  }

  private PromptShape prompts(YamlMap map) {
    Optional<PromptShape> texts = map.map("text", this::texts);
    boolean tokens = map.has("prompt_tokens");
    if (texts.isPresent() == tokens) {
      throw map.error("prompt_tokens", "give either 'prompt_tokens' or 'text'");
    }
    int prefix = map.whole("shared_prefix_tokens", 0, 0, PREFIX_TOKENS_MAX);
    return texts.orElseGet(() -> new PromptShape.Tokens(prefix, length(map, "prompt_tokens")));
  }

  /** Scripts, given here or in a bundled file: one conversation per line, turns parted by "||". */
  private PromptShape texts(YamlMap map) {
    List<String> lines = new ArrayList<>();
    map.get("scripts").ifPresent(given -> lines.addAll(strings(map, "scripts")));
    map.get("bundled").ifPresent(file -> lines.addAll(Bundled.lines("text/" + file)));
    return new PromptShape.Texts(
        map.text("shared_prefix", "").strip(),
        map.text("numbered", "").strip(),
        lines.stream().map(line -> List.of(line.strip().split("\\s*\\|\\|\\s*"))).toList());
  }

  private static List<String> strings(YamlMap map, String key) {
    return map.list(key).stream().map(String::valueOf).toList();
  }

  private static Turns turns(YamlMap map) {
    return new Turns(length(map, "count"), map.duration("think_time", "0s").toNanos() / 1e9);
  }

  private static SamplingSpec sampling(YamlMap map) {
    return new SamplingSpec(
        map.number("temperature", 0), map.whole("top_k", 0), map.number("top_p", 1));
  }

  private static ArrivalProcess process(YamlMap map) {
    String process = map.text("process", "poisson");
    return switch (process) {
      case "poisson" -> new ArrivalProcess.Poisson();
      case "constant" -> new ArrivalProcess.Constant();
      case "gamma" -> new ArrivalProcess.Gamma(map.number("cv", 4));
      case "weibull" -> new ArrivalProcess.Weibull(map.number("shape", 0.5));
      default ->
          throw map.error(
              "process", "'" + process + "' is not one of poisson, constant, gamma, weibull");
    };
  }

  private static LengthDistribution length(YamlMap map, String key) {
    Object value = map.required(key);
    if (value instanceof Integer constant) {
      if (constant < 1) {
        throw map.error(key, constant + " is below 1");
      }
      return new LengthDistribution.Constant(constant);
    }
    return map.map(key, WorkloadYaml::length).orElseThrow();
  }

  private static LengthDistribution length(YamlMap map) {
    String distribution = map.text("distribution", "");
    return switch (distribution) {
      case "constant" -> new LengthDistribution.Constant(map.whole("value"));
      case "uniform" -> new LengthDistribution.Uniform(map.whole("min"), map.whole("max"));
      case "lognormal" -> logNormal(map);
      case "quantiles" ->
          new LengthDistribution.Empirical(map.numbers("probabilities"), map.numbers("values"));
      default ->
          throw map.error(
              "distribution",
              "'" + distribution + "' is not one of constant, uniform, lognormal, quantiles");
    };
  }

  private static LengthDistribution logNormal(YamlMap map) {
    double median = map.number("median", 0);
    double p99 = map.number("p99", 0);
    double sigma = map.number("sigma", p99 > median ? Math.log(p99 / median) / P99_SIGMAS : 0);
    return new LengthDistribution.LogNormal(
        median, sigma, map.whole("min", 1), map.whole("max", 1 << 20));
  }
}
