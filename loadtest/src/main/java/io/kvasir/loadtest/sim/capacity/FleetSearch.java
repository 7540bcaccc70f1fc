package io.kvasir.loadtest.sim.capacity;

import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.tenant.TenantSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds the fewest devices on which a workload reaches a share of requests within their targets.
 * The number is doubled until it is reached, then halved in between: more devices are taken to be
 * no worse. Every device serves its own part of the requests and knows nothing of the others.
 */
public final class FleetSearch {
  private final SimSetup setup;
  private final Workload workload;
  private final Shaping shaping;
  private final long seed;
  private final double attainment;
  private final Consumer<Fleet.Try> progress;
  private final List<Fleet.Try> tries = new ArrayList<>();
  private long requests;
  private long clipped;

  /**
   * @param setup one device
   * @param attainment share of requests within their targets that is asked for, above 0 to 1
   * @param progress hears of every number of devices that was simulated
   */
  public FleetSearch(
      SimSetup setup,
      Workload workload,
      Shaping shaping,
      long seed,
      double attainment,
      Consumer<Fleet.Try> progress) {
    this.setup = setup;
    this.workload = workload;
    this.shaping = shaping;
    this.seed = seed;
    this.attainment = attainment;
    this.progress = progress;
  }

  /**
   * Searches.
   *
   * @param maxDevices most that are tried, at least 1
   * @throws WorkloadException if the workload has no request, or none with a target
   */
  public Fleet find(String device, int maxDevices) {
    readOnce();
    int missed = 0;
    int reached = 1;
    while (!reaches(reached)) {
      missed = reached;
      if (reached == maxDevices) {
        return fleet(device, 0);
      }
      reached = Math.min(maxDevices, 2 * reached);
    }
    while (reached - missed > 1) {
      int middle = (reached + missed) / 2;
      if (reaches(middle)) {
        reached = middle;
      } else {
        missed = middle;
      }
    }
    return fleet(device, reached);
  }

  /** Counts what there is to serve, and refuses what any number of devices would do for. */
  private void readOnce() {
    boolean aimed = false;
    try (ShapedArrivals all = new ShapedArrivals(workload.arrivals(seed), shaping)) {
      while (all.hasNext()) {
        Arrival arrival = all.next();
        requests++;
        TenantSpec promised = setup.promises().of(arrival.tenant());
        aimed |=
            promised.ttftMillis(arrival.slo().ttftMillis()) > 0
                || promised.tbtMillis(arrival.slo().tbtMillis()) > 0;
      }
      clipped = all.clipped();
    }
    if (requests == 0) {
      throw new WorkloadException(workload.name() + ": has no request within the duration");
    }
    if (!aimed) {
      throw new WorkloadException(
          workload.name() + ": has no targets, and none were given: any device would do");
    }
  }

  private Fleet fleet(String device, int devices) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("workload_description", workload.description());
    facts.put("seed", seed);
    if (shaping.durationNanos() < Long.MAX_VALUE) {
      facts.put("duration_s", shaping.durationNanos() / 1e9);
    }
    facts.put("requests", requests);
    facts.put("clipped_requests", clipped);
    facts.put("context_tokens", shaping.contextTokens());
    facts.put("kv_blocks", setup.kvBlocks());
    facts.put("block_tokens", setup.blockTokens());
    facts.put("max_running_requests", setup.scheduler().maxRunningRequests());
    facts.put("max_step_tokens", setup.scheduler().maxStepTokens());
    facts.put("policy", setup.scheduler().policy().label());
    facts.put(
        "split", "requests go to devices by a hash of their session, or of their number without");
    facts.put("search", "doubling, then bisection: more devices are taken to be no worse");
    String cut =
        clipped == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "! %,d of %,d requests were cut to the context of %,d tokens",
                clipped,
                requests,
                shaping.contextTokens());
    return new Fleet(device, workload.name(), attainment, devices, tries, cut, facts);
  }

  private boolean reaches(int devices) {
    long sent = 0;
    long within = 0;
    double seconds = 0;
    double worst = 0;
    for (int device = 0; device < devices; device++) {
      SimMetrics part = part(device, devices);
      sent += part.sent();
      within += part.withinTargets();
      seconds = Math.max(seconds, part.seconds());
      worst = Math.max(worst, part.ttft().at(99.0));
    }
    double share = (double) within / sent;
    double goodput = seconds == 0 ? 0 : within / seconds;
    Fleet.Try result = new Fleet.Try(devices, share, goodput, worst);
    tries.add(result);
    progress.accept(result);
    return share >= attainment;
  }

  private SimMetrics part(int device, int devices) {
    SimRecorder recorder = new SimRecorder(setup);
    try (ArrivalStream arrivals =
        new PartOfArrivals(new ShapedArrivals(workload.arrivals(seed), shaping), device, devices)) {
      return recorder.metrics(SimRun.run(setup, arrivals, seed, recorder));
    }
  }
}
