package io.kvasir.loadtest.sim.engine;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.loadtest.sim.device.StepTime;
import io.kvasir.loadtest.sim.event.SimEvent;
import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.sim.link.SimCopier;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A worker that computes nothing: its steps take the time of a model of their cost, and its tokens
 * are those of the workload. Plans are executed one after the other, as a real worker does; copies
 * begin with the step that carries them, probes and cancellations when their plan arrives. Confined
 * to one thread.
 */
final class SimWorker implements SimEvent {
  /** What a plan without tokens takes: it only brings copies or frees slots. */
  private static final long EMPTY_STEP_NANOS = 1_000;

  /** Where results go. */
  interface Results {
    void stepped(StepPlan plan, StepResult result, long beganNanos, long now);

    void prefilled(SimRequest request, int tokens, long now);
  }

  private final Simulation simulation;
  private final StepTime stepTime;
  private final SplittableRandom luck;
  private final SimTokens tokens;
  private final Function<String, @Nullable SimRequest> requests;
  private final boolean waitsForSwaps;
  private final SimCopier copier;
  private final Results results;

  private final @Nullable SimRequest[] slots;
  private final int[] promptTokens;
  private final ArrayDeque<StepPlan> onTheWay = new ArrayDeque<>();
  private final ArrayDeque<StepPlan> ready = new ArrayDeque<>();
  private final SimEvent arrival = this::arrive;
  private final StepLoad load = new StepLoad();
  private final ArrayList<SampledToken> sampled = new ArrayList<>();

  private @Nullable StepPlan current;
  private boolean computing;
  private long beganNanos;
  private long computingSinceNanos;

  SimWorker(
      Simulation simulation,
      SimSetup setup,
      SimTokens tokens,
      int maxRequests,
      Function<String, @Nullable SimRequest> requests,
      SimCopier copier,
      Results results,
      long seed) {
    this.simulation = simulation;
    this.stepTime = setup.stepTime();
    this.luck = new SplittableRandom(seed);
    this.tokens = tokens;
    this.requests = requests;
    this.waitsForSwaps = setup.copies().synchronous();
    this.copier = copier;
    this.results = results;
    slots = new SimRequest[maxRequests];
    promptTokens = new int[maxRequests];
  }

  /** A plan is sent; it arrives later, and plans arrive in order. */
  void submit(StepPlan plan, long arrivesNanos) {
    onTheWay.add(plan);
    simulation.at(arrivesNanos, arrival);
  }

  /** A copy has ended, and the scheduler knows. */
  void copyEnded(long now) {
    if (current != null && !computing) {
      compute(current, now);
    }
  }

  private void arrive(long now) {
    StepPlan plan = onTheWay.remove();
    ready.add(plan);
    submit(plan, true, now);
    cancel(plan, now);
    begin(now);
  }

  private void begin(long now) {
    StepPlan plan = current == null ? ready.poll() : null;
    if (plan == null) {
      return;
    }
    current = plan;
    beganNanos = now;
    computing = false;
    submit(plan, false, now);
    // Once more: what was cancelled may have been in a plan that had not begun.
    cancel(plan, now);
    compute(plan, now);
  }

  private void submit(StepPlan plan, boolean probes, long now) {
    for (CopyJob job : plan.copies()) {
      if ((job.kind() == CopyKind.PROBE) == probes) {
        copier.submit(job, now);
      }
    }
  }

  private void cancel(StepPlan plan, long now) {
    for (long jobId : plan.cancelledJobs()) {
      copier.cancel(jobId, now);
    }
  }

  private void compute(StepPlan plan, long now) {
    if (waitsForSwaps && copier.swapsUnderWay() > 0) {
      return;
    }
    computing = true;
    computingSinceNanos = now;
    for (int slot : plan.releasedSlots()) {
      slots[slot] = null;
    }
    for (NewRequest request : plan.newRequests()) {
      slots[request.slot()] = requests.apply(request.requestId());
      promptTokens[request.slot()] = request.promptTokens();
    }
    load.clear();
    for (ScheduledRequest request : plan.scheduled()) {
      load.add(request.computedTokens(), request.tokenCount());
    }
    simulation.at(now + stepNanos(), this);
  }

  private long stepNanos() {
    return load.tokens() == 0
        ? EMPTY_STEP_NANOS
        : Math.max(1, stepTime.nanos(load, luck.nextDouble()));
  }

  /** The step under way is over. */
  @Override
  public void happen(long now) {
    StepPlan plan = current;
    if (plan == null) {
      throw new IllegalStateException("no step is under way");
    }
    sampled.clear();
    for (ScheduledRequest scheduled : plan.scheduled()) {
      advance(scheduled, now);
    }
    StepResult result =
        new StepResult(plan.stepId(), List.copyOf(sampled), now - computingSinceNanos, "");
    current = null;
    results.stepped(plan, result, beganNanos, now);
    begin(now);
  }

  private void advance(ScheduledRequest scheduled, long now) {
    int slot = scheduled.slot();
    SimRequest request = slots[slot];
    int start = scheduled.computedTokens();
    int end = start + scheduled.tokenCount();
    if (request != null) {
      int served = Math.max(start, request.servedPromptTokens);
      int fresh = Math.min(end, promptTokens[slot]) - served;
      if (fresh > 0) {
        results.prefilled(request, fresh, now);
      }
      request.servedPromptTokens = Math.max(end, served);
    }
    if (scheduled.sample()) {
      // Of a request that has ended meanwhile, nobody reads the token.
      int id = request == null ? 0 : tokens.id(request.answer, end - promptTokens[slot]);
      sampled.add(new SampledToken(slot, id, List.of()));
    }
  }
}
