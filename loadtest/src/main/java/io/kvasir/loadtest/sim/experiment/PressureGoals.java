package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.metrics.SimMetrics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Whether choosing for each victim is as good as the better one of always swapping and always
 * computing again: over several seeds, because two rows of one seed differ by chance.
 */
final class PressureGoals {
  private static final double MOST_WORSE = 0.03;

  private final List<ExperimentReport.Part> bySeed;

  private PressureGoals(List<ExperimentReport.Part> bySeed) {
    this.bySeed = bySeed;
  }

  /**
   * The goals of one comparison.
   *
   * @param bySeed its runs, at least one
   */
  static List<Goal> of(List<ExperimentReport.Part> bySeed) {
    PressureGoals goals = new PressureGoals(bySeed);
    String name = bySeed.getFirst().report().name();
    // Time per token, so that less is better for all of them.
    Ratio throughput = goals.ratio(row -> 1 / row.throughput());
    Ratio ttft = goals.ratio(row -> row.ttft().at(99.0));
    Ratio tbt = goals.pooledGaps();
    return List.of(
        new Goal(
            name
                + ": the choice's throughput is at most 3 % below the better of swap's and"
                + " recompute's",
            1 / throughput.overall() >= 1 - MOST_WORSE,
            throughput.inverse().text() + " of the better one's"),
        new Goal(
            name + ": the choice's TTFT p99 and TBT p99.9 are at most 3 % above the better ones",
            ttft.overall() <= 1 + MOST_WORSE && tbt.overall() <= 1 + MOST_WORSE,
            "TTFT " + ttft.text() + ", TBT " + tbt.text() + " of the better ones"));
  }

  /** The choice over the better one: the geometric mean, and each seed's. */
  private record Ratio(double overall, List<Double> seeds) {

    Ratio inverse() {
      return new Ratio(1 / overall, seeds.stream().map(each -> 1 / each).toList());
    }

    String text() {
      String each =
          seeds.stream()
              .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
              .collect(Collectors.joining(" "));
      String mean = String.format(Locale.ROOT, "%.3f", overall);
      return seeds.size() == 1 ? mean : mean + " (" + each + ")";
    }
  }

  private Ratio ratio(ToDoubleFunction<SimMetrics> less) {
    double swap = logMean(Pressure.SWAP, less);
    double recompute = logMean(Pressure.RECOMPUTE, less);
    String better = swap <= recompute ? Pressure.SWAP : Pressure.RECOMPUTE;
    double overall =
        StrictMath.exp(logMean(Pressure.CHOICE, less) - StrictMath.min(swap, recompute));
    List<Double> seeds =
        bySeed.stream()
            .map(part ->
                less.applyAsDouble(part.row(Pressure.CHOICE))
                    / less.applyAsDouble(part.row(better)))
            .toList();
    return new Ratio(overall, seeds);
  }

  /**
   * The 99.9th percentile of all seeds' gaps together. About one gap in a thousand is one of a
   * preempted request, so in one seed that percentile is a step's time and in another the longest
   * wait, and a mean of the seeds' percentiles says nothing.
   */
  private Ratio pooledGaps() {
    double better = StrictMath.min(gap(Pressure.SWAP, bySeed), gap(Pressure.RECOMPUTE, bySeed));
    List<Double> seeds =
        bySeed.stream().map(part -> gap(Pressure.CHOICE, List.of(part)) / better).toList();
    return new Ratio(gap(Pressure.CHOICE, bySeed) / better, seeds);
  }

  private static double gap(String label, List<ExperimentReport.Part> parts) {
    Histogram sum = new Histogram(2);
    parts.forEach(part -> sum.add(part.row(label).gaps()));
    return sum.getValueAtPercentile(99.9);
  }

  private double logMean(String label, ToDoubleFunction<SimMetrics> value) {
    double sum = 0;
    for (ExperimentReport.Part part : bySeed) {
      sum += StrictMath.log(value.applyAsDouble(part.row(label)));
    }
    return sum / bySeed.size();
  }
}
