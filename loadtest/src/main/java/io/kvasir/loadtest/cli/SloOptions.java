package io.kvasir.loadtest.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.loadtest.sim.capacity.SloClass;
import io.kvasir.loadtest.workload.SloTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Latency targets of what is planned: one pair, or a mix of classes. */
final class SloOptions {
  private static final int TARGET_MILLIS_MAX = 86_400_000;
  private static final double SHARE_MIN = 0.000_001;
  private static final int SHARE_MAX = 1_000_000;
  private static final int CLASSES_MAX = 64;
  private static final String NUMBER = "-?(?:\\d+\\.?\\d*|\\.\\d+)";
  private static final Pattern CLASS = Pattern.compile("(?:(" + NUMBER + ")@)?(-?\\d+):(-?\\d+)");

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--ttft-ms",
      paramLabel = "MS",
      description = "Target for the time to the first token; 0: none (default).")
  private int ttftMillis;

  @Option(
      names = "--tbt-ms",
      paramLabel = "MS",
      description = "Target for the mean time between tokens; 0: none (default).")
  private int tbtMillis;

  @Option(
      names = "--slo",
      paramLabel = "[SHARE@]TTFT_MS:TBT_MS",
      description =
          "Targets of a class of requests, instead of --ttft-ms and --tbt-ms; 0: none. Several,"
              + " repeated or with commas, are a mix: one row each, and what a device does for all."
              + " Shares are divided by their sum; without any the classes are equal.")
  private List<String> slo = new ArrayList<>();

  /** Whether classes were given, be it one. */
  boolean isMix() {
    return !slo.isEmpty();
  }

  /** The one pair of targets; none for a mix. */
  SloTargets pair() {
    return new SloTargets(ttftMillis, tbtMillis);
  }

  /** Refuses what is out of bounds, and options of which one would be ignored. */
  void check(boolean workload) {
    within(spec, "--ttft-ms", ttftMillis, 0, TARGET_MILLIS_MAX);
    within(spec, "--tbt-ms", tbtMillis, 0, TARGET_MILLIS_MAX);
    if (isMix()) {
      for (String other : List.of("--ttft-ms", "--tbt-ms")) {
        require(
            spec,
            !spec.commandLine().getParseResult().hasMatchedOption(other),
            "--slo: says what " + other + " would say, give one of them.");
      }
      require(
          spec,
          !workload,
          "--slo: not with --workload, whose requests have the targets of its own 'slo', or those"
              + " of --ttft-ms and --tbt-ms.");
    }
    classes();
  }

  /** The classes, in the order given; the one pair is a mix of one. */
  List<SloClass> classes() {
    if (!isMix()) {
      return List.of(new SloClass(1, pair()));
    }
    List<Double> weights = new ArrayList<>();
    List<SloTargets> targets = new ArrayList<>();
    int shares = 0;
    for (String text : String.join(",", slo).split(",", -1)) {
      Matcher parts = CLASS.matcher(text);
      String option = "--slo: '" + text + "'";
      require(spec, parts.matches(), option + " is not [SHARE@]TTFT_MS:TBT_MS.");
      shares += parts.group(1) == null ? 0 : 1;
      weights.add(parts.group(1) == null ? 1 : share(option, parts.group(1)));
      targets.add(
          new SloTargets(
              millis(option + ": TTFT_MS", parts.group(2)),
              millis(option + ": TBT_MS", parts.group(3))));
    }
    within(spec, "--slo: number of classes", targets.size(), 1, CLASSES_MAX);
    require(
        spec,
        shares == 0 || shares == targets.size(),
        "--slo: %d of %d classes have a share, must be all or none."
            .formatted(shares, targets.size()));
    return SloClass.normalised(weights, targets);
  }

  private double share(String option, String text) {
    double share = Double.parseDouble(text);
    require(
        spec,
        share >= SHARE_MIN && share <= SHARE_MAX,
        option + ": SHARE is " + text + ", must be above 0: 0.000001 to " + SHARE_MAX);
    return share;
  }

  private int millis(String what, String text) {
    double millis = Double.parseDouble(text);
    require(
        spec,
        millis >= 0 && millis <= TARGET_MILLIS_MAX,
        what + " is " + text + ", must be 0 to " + TARGET_MILLIS_MAX);
    return (int) millis;
  }
}
