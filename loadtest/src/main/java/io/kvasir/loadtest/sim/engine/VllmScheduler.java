package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimLink;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.StepTimeStatus;
import io.kvasir.scheduler.loop.SwapStatus;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.RequestTiming;
import io.kvasir.scheduler.session.SessionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A model of vLLM 0.3.3 under traced priorities, the baseline of FastSwitch's evaluation (arXiv
 * 2411.18424), in virtual time. Where it is read from what, and what is assumed, says
 * docs/experiments.md. A step is planned when the one before is over; it computes prompts, whole
 * ones, or decodes, never both; nobody is taken in by a step that throws somebody out. Swaps are
 * waited for, or go on beside steps, as the set-up's copies say; with prefix caching, the KV of a
 * finished turn goes to host memory and its session's next turn loads it. Confined to one thread.
 */
final class VllmScheduler implements SimSystem {
  private final Simulation simulation;
  private final SimSetup setup;
  private final SimObserver observer;
  private final BiConsumer<String, Long> answered;
  private final boolean synchronous;
  private final VllmSwaps swaps;
  private final VllmQueues queues;
  private final StepLoad load = new StepLoad();
  private final List<VllmSequence> batch = new ArrayList<>();

  private long submitted;
  private long steps;
  private boolean busy;
  private boolean waitsForSwaps;
  private boolean stuck;

  VllmScheduler(
      Simulation simulation,
      SimSetup setup,
      SimObserver observer,
      BiConsumer<String, Long> answered) {
    this.simulation = simulation;
    this.setup = setup;
    this.observer = observer;
    this.answered = answered;
    synchronous = setup.copies().synchronous();
    swaps = new VllmSwaps(simulation, setup, observer, this::swapEnded);
    queues = new VllmQueues(setup, swaps, observer);
  }

  @Override
  public void submit(RequestSpec spec, int tenant, Segment answer, long now) {
    SimRequest request = new SimRequest(spec, tenant, answer, NOBODY);
    observer.submitted(request, now);
    queues.add(new VllmSequence(request, ++submitted));
    stuck = false;
  }

  private static final SimRequest.RequestEvents NOBODY =
      new SimRequest.RequestEvents() {
        @Override
        public void generated(SimRequest request) {}

        @Override
        public void ended(SimRequest request, FinishedEvent end) {}
      };

  @Override
  public void turn(long now) {
    if (!busy && !stuck && queues.count() > 0) {
      busy = true;
      simulation.at(now + setup.planCost().nanos(queues.residentCount()), this::plan);
    }
  }

  private void plan(long now) {
    boolean changed = queues.plan(steps + 1, batch, now);
    if (batch.isEmpty() && !changed) {
      busy = false;
      // Until a copy ends or somebody comes.
      stuck = true;
      if (swaps.underWay() == 0) {
        throw new SimulationFailedException("nobody runs, and nothing is copied: " + status());
      }
      return;
    }
    steps++;
    waitsForSwaps = synchronous && swaps.underWay() > 0;
    if (!waitsForSwaps) {
      compute(now);
    }
  }

  private void swapEnded() {
    stuck = false;
    if (waitsForSwaps && swaps.underWay() == 0) {
      waitsForSwaps = false;
      compute(simulation.clock().getAsLong());
    }
  }

  private void compute(long now) {
    if (batch.isEmpty()) {
      busy = false;
      return;
    }
    load.clear();
    for (VllmSequence each : batch) {
      load.add(each.computed, each.tokens - each.computed);
    }
    simulation.at(now + Math.max(1, setup.stepTime().nanos(load)), this::computed);
  }

  private void computed(long now) {
    for (VllmSequence each : batch) {
      int known = Math.max(each.computed, Math.min(each.everComputed, each.tokens));
      each.recomputed += known - each.computed;
      int fresh = Math.min(each.tokens, each.promptTokens) - known;
      if (fresh > 0) {
        observer.prefilled(each.request, fresh, now);
      }
      each.everComputed = Math.max(each.everComputed, each.tokens);
      each.computed = each.tokens;
      each.tokens++;
      observer.generated(each.request, each.request.tokenAt(now), now);
      if (each.complete()) {
        end(each, now);
      }
    }
    batch.clear();
    busy = false;
  }

  private void end(VllmSequence sequence, long now) {
    queues.end(sequence, now);
    sequence.request.endStall(now);
    RequestSpec spec = sequence.request.spec();
    RequestTiming timing =
        new RequestTiming(
            0,
            sequence.request.firstTokenNanos() - spec.arrivalNanos(),
            0,
            0,
            now - spec.arrivalNanos(),
            sequence.preemptions,
            sequence.request.stallNanos(now),
            sequence.recomputed,
            List.of());
    FinishedEvent end =
        new FinishedEvent(
            FinishReason.LENGTH,
            "",
            sequence.promptTokens,
            sequence.cached,
            sequence.request.tokens(),
            timing,
            null,
            null);
    observer.ended(sequence.request, end, now);
    answered.accept(spec.sessionId(), now);
  }

  @Override
  public int requestCount() {
    return queues.count();
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public List<SimLink> links() {
    return swaps.links();
  }

  @Override
  public SchedulerStatus status() {
    int running = queues.residentCount();
    int free = queues.memory().deviceFree();
    int total = queues.memory().deviceBlocks();
    return new SchedulerStatus(
        true,
        SchedulerStatus.SERVING,
        "simulated",
        running,
        queues.count() - running,
        0,
        new SchedulerStatus.BlockCounts(free, total - free, 0, 0, total),
        steps,
        StepTimeStatus.NONE,
        SchedulerStatus.NO_WORKER.totals(),
        SwapStatus.NONE,
        List.of(),
        List.of(),
        SessionStatus.NONE);
  }
}
