package io.kvasir.loadtest.sim.experiment;

import io.kvasir.loadtest.sim.engine.SimObserver;
import io.kvasir.loadtest.sim.engine.SimRequest;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.scenario.Scenario;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.request.FinishedEvent;

/**
 * How many requests of a workload a system ends per second when it has all it can do: all arrive at
 * once, first come, first served, and it is counted until none waits.
 */
final class Saturation implements SimObserver {
  /* All arrive within a moment, in their order. */
  private static final double AT_ONCE = 1e-9;

  private long ended;
  private long endedWhileWaiting;
  private long nanosWhileWaiting;

  private Saturation() {}

  /**
   * The shaping with which a workload's first requests come so many times as fast as a system ends
   * them.
   *
   * @param comparison the system is that of its first engine
   * @param requests most that are taken
   * @param load requests that arrive for each that could end
   */
  static Shaping at(Comparison comparison, int requests, double load, long seed) {
    Workload workload = comparison.workload();
    long count = 0;
    long lastNanos = 0;
    try (ArrivalStream arrivals = workload.arrivals(seed)) {
      while (count < requests && arrivals.hasNext()) {
        Arrival arrival = arrivals.next();
        lastNanos = arrival.offsetNanos();
        count++;
      }
    }
    if (count < 2 || lastNanos == 0) {
      throw new WorkloadException(workload.name() + ": has fewer than two arrivals");
    }
    double wantedSeconds = count / (load * requestsPerSecond(comparison, count, seed));
    double scale = wantedSeconds / (lastNanos / 1e9);
    return new Shaping(scale, 1, count, Long.MAX_VALUE, 0, comparison.shaping().tenants());
  }

  /** Requests of a workload that the first engine of a comparison ends per second. */
  static double requestsPerSecond(Comparison comparison, long requests, long seed) {
    Shaping once =
        new Shaping(AT_ONCE, 1, requests, Long.MAX_VALUE, 0, comparison.shaping().tenants());
    Scenario scenario =
        comparison
            .under(comparison.workload(), once)
            .of(comparison.engines().subList(0, 1))
            .draining()
            .scenario(seed);
    Saturation observer = new Saturation();
    try (ShapedArrivals arrivals =
        new ShapedArrivals(scenario.workload().arrivals(seed), scenario.shaping())) {
      SimRun.run(scenario.setups().getFirst(), arrivals, seed, observer);
    }
    if (observer.endedWhileWaiting == 0) {
      throw new WorkloadException(
          "%,d requests of %s do not fill the device"
              .formatted(requests, comparison.workload().name()));
    }
    return observer.endedWhileWaiting / (observer.nanosWhileWaiting / 1e9);
  }

  @Override
  public void ended(SimRequest request, FinishedEvent end, long now) {
    ended++;
  }

  @Override
  public void sampled(SchedulerStatus status, long now) {
    if (status.waitingRequests() > 0 && now > 0) {
      endedWhileWaiting = ended;
      nanosWhileWaiting = now;
    }
  }
}
