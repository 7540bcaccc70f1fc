package io.kvasir.loadtest.sim.scenario;

import io.kvasir.loadtest.sim.engine.SimObserver;
import io.kvasir.loadtest.sim.engine.SimObservers;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.sim.report.SimReport;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.WorkloadException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs the systems of a scenario one after the other, each on the same arrivals. */
public final class ScenarioRun {
  private ScenarioRun() {}

  /**
   * Runs a scenario.
   *
   * @param observers gives what else hears of a system's run, such as a trace; null: nothing
   * @param progress hears of each row when it is there
   * @throws WorkloadException if there is no request to send
   */
  public static SimReport run(
      Scenario scenario,
      @Nullable Function<SimSetup, SimObserver> observers,
      Consumer<SimMetrics> progress) {
    List<SimMetrics> rows = new ArrayList<>();
    long clipped = 0;
    for (SimSetup setup : scenario.setups()) {
      SimRecorder recorder = new SimRecorder(setup);
      SimObserver observer =
          observers == null ? recorder : new SimObservers(recorder, observers.apply(setup));
      try (ShapedArrivals arrivals =
          new ShapedArrivals(scenario.workload().arrivals(scenario.seed()), scenario.shaping())) {
        SimMetrics row = recorder.metrics(SimRun.run(setup, arrivals, scenario.seed(), observer));
        if (row.sent() == 0) {
          throw new WorkloadException(
              scenario.name()
                  + ": workload: has no request within limit, duration and only_tenants");
        }
        rows.add(row);
        clipped = arrivals.clipped();
        progress.accept(row);
      }
    }
    Map<String, Object> assumptions = new LinkedHashMap<>(scenario.assumptions());
    assumptions.put("clipped_requests", clipped);
    return new SimReport(scenario.name(), scenario.description(), assumptions, rows);
  }
}
