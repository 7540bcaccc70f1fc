package io.kvasir.loadtest.sim.engine;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.loadtest.sim.event.SimEvent;
import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimCopier;
import io.kvasir.loadtest.sim.link.SimLink;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerCore;
import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Drives the scheduler's core as its loop does, in virtual time: what has happened is applied, what
 * time has run out for is ended, and then plans are made while there may be more. Confined to one
 * thread.
 */
public final class SimScheduler
    implements SimSystem,
        SchedulerEvents,
        SimWorker.Results,
        SimCopier.Listener,
        SimRequest.RequestEvents {
  private static final long NONE = Long.MAX_VALUE;
  private static final OutputText.Piece NO_TEXT = new OutputText.Piece("", false);

  private static final OutputText TEXTLESS =
      new OutputText() {
        @Override
        public Piece append(int tokenId) {
          return NO_TEXT;
        }

        @Override
        public String finish() {
          return "";
        }
      };

  private final Simulation simulation;
  private final SimSetup setup;
  private final SimObserver observer;
  private final BiConsumer<String, Long> answered;
  private final SchedulerCore core;
  private final SimWorker worker;
  private final SimCopier copier;
  private final PlanCheck planCheck;
  private final Map<String, SimRequest> requests = new HashMap<>();
  private final SimEvent wake = this::wake;

  private long wakeNanos = NONE;
  private long planFreeNanos;
  private long steps;

  /**
   * @param observer hears what happens
   * @param answered hears the session of every request that ends
   */
  SimScheduler(
      Simulation simulation,
      SimSetup setup,
      SimTokens tokens,
      SimObserver observer,
      BiConsumer<String, Long> answered,
      long seed) {
    this.simulation = simulation;
    this.setup = setup;
    this.observer = observer;
    this.answered = answered;
    core =
        new SchedulerCore(setup.scheduler(), setup.promises().toTenants(), this, CacheSecret.NONE);
    WorkerInfo info =
        new WorkerInfo(
            "simulated",
            setup.model().name(),
            "",
            setup.model().geometry(setup.blockTokens()),
            setup.kvBlocks(),
            WorkerInfo.roomFor(setup.scheduler().maxStepTokens()),
            setup.scheduler().maxRunningRequests(),
            setup.model().contextTokens(),
            setup.model().vocabularySize(),
            setup.tiers().stream().map(SimTier::spec).toList());
    planCheck = new PlanCheck(info, setup.scheduler().maxRunningRequests());
    copier = new SimCopier(simulation, setup.tiers(), info.geometry(), setup.copies(), this);
    worker =
        new SimWorker(
            simulation, setup, tokens, info.maxRequests(), requests::get, copier, this, seed);
    core.workerConnected(info, simulation.clock().getAsLong());
  }

  @Override
  public int requestCount() {
    return core.requestCount();
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public List<SimLink> links() {
    return copier.links();
  }

  @Override
  public SchedulerStatus status() {
    return core.status("");
  }

  @Override
  public void submit(RequestSpec spec, int tenant, Segment answer, long now) {
    SimRequest request = new SimRequest(spec, tenant, answer, this);
    requests.put(spec.requestId(), request);
    observer.submitted(request, now);
    core.submit(spec, TEXTLESS, request, now);
    check();
  }

  @Override
  public void turn(long now) {
    core.expire(now);
    for (StepPlan plan = core.plan(now); plan != null; plan = core.plan(now)) {
      send(plan, now);
    }
    if (core.observeProgress(now)) {
      throw new SimulationFailedException(
          "nothing moves at %.3f s:%n%s".formatted(now / 1e9, core.dump()));
    }
    check();
    long next = core.nextWakeNanos();
    // A time that has passed asks for something that only another event makes possible.
    if (next > now && next < wakeNanos) {
      wakeNanos = next;
      simulation.at(next, wake);
    }
  }

  private void send(StepPlan plan, long now) {
    if (setup.checked()) {
      planCheck.check(plan);
      check();
    }
    steps++;
    long cost = setup.planCost().nanos(plan.scheduled().size());
    planFreeNanos = Math.max(now, planFreeNanos) + cost;
    worker.submit(plan, planFreeNanos);
  }

  private void wake(long now) {
    if (now >= wakeNanos) {
      wakeNanos = NONE;
    }
  }

  @Override
  public void stepped(StepPlan plan, StepResult result, long beganNanos, long now) {
    observer.stepped(plan, beganNanos, now);
    core.apply(result, now);
    check();
  }

  @Override
  public void prefilled(SimRequest request, int tokens, long now) {
    observer.prefilled(request, tokens, now);
  }

  @Override
  public void copied(CopyJob job, CopyResult result, long now) {
    core.applyCopy(result);
    check();
    worker.copyEnded(now);
  }

  @Override
  public void carried(SimLink link, CopyJob job, int blocks, long beganNanos, long now) {
    observer.carried(link.name(), job, blocks, beganNanos, now);
  }

  @Override
  public void generated(SimRequest request) {
    long now = simulation.clock().getAsLong();
    long gap = request.tokenAt(now);
    observer.generated(request, gap, now);
  }

  @Override
  public void ended(SimRequest request, FinishedEvent end) {
    long now = simulation.clock().getAsLong();
    request.endStall(now);
    requests.remove(request.spec().requestId());
    observer.ended(request, end, now);
    answered.accept(request.spec().sessionId(), now);
  }

  @Override
  public void onAdmitted(RequestSpec spec, int cachedTokens, long queueNanos) {
    admitted(spec);
  }

  @Override
  public void onResumed(RequestSpec spec, long waitNanos) {
    admitted(spec);
  }

  private void admitted(RequestSpec spec) {
    SimRequest request = known(spec);
    request.admitted();
    observer.admitted(request, simulation.clock().getAsLong());
  }

  @Override
  public void onPreempted(RequestSpec spec, SwapDecision decision) {
    long now = simulation.clock().getAsLong();
    SimRequest request = known(spec);
    request.preemptedAt(now);
    observer.preempted(request, decision, now);
  }

  private SimRequest known(RequestSpec spec) {
    SimRequest request = requests.get(spec.requestId());
    if (request == null) {
      throw new SimulationFailedException("unknown or ended request " + spec.requestId());
    }
    return request;
  }

  private void check() {
    if (setup.checked()) {
      List<String> violations = core.violations();
      if (!violations.isEmpty()) {
        throw new SimulationFailedException(
            "at %d ns: %s%n%s".formatted(simulation.clock().getAsLong(), violations, core.dump()));
      }
    }
  }
}
