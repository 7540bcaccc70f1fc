package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.scenario.ScenarioRun;

/**
 * Runs comparisons one after the other, row by row. Confined to one thread.
 *
 * @param seed of workloads and token ids
 * @param progress hears of each row when it is there
 */
public record ExperimentRun(long seed, Progress progress) {

  /** Hears how far an experiment is. */
  @FunctionalInterface
  public interface Progress {
    /** A row of the comparison of that title is there. */
    void row(String title, SimMetrics row);
  }

  ExperimentReport.Part run(Comparison comparison) {
    return new ExperimentReport.Part(
        comparison.columns(),
        ScenarioRun.run(
            comparison.scenario(seed), null, row -> progress.row(comparison.title(), row)));
  }
}
