package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimLink;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.List;

/** What serves the requests of a run. Confined to one thread. */
interface SimSystem extends Simulation.Actor {

  /**
   * Takes a request; its id was never used before.
   *
   * @param answer what it generates
   */
  void submit(RequestSpec spec, int tenant, Segment answer, long now);

  /** Requests in the system. */
  int requestCount();

  /** Plans made. */
  long steps();

  /** The links of the tiers. */
  List<SimLink> links();

  /** The state between two steps. */
  SchedulerStatus status();
}
