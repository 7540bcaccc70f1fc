package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler core and a worker on the hash oracle in one thread: plans wait in a queue until the
 * test lets the worker execute them, so that a pipeline of two is exactly as deep as in production.
 * Every call checks every invariant, in the core and over the plans.
 */
final class CoreHarness implements AutoCloseable {
  final SchedulerCore core;
  final OrderWatch watch;
  final List<RecordedRequest> requests = new ArrayList<>();
  final List<StepPlan> executed = new ArrayList<>();
  long now;

  /** What steps take: copies may cost less or more than that. */
  long nanosPerToken = 1000;

  /** Steps that the runner failed. */
  int failedSteps;

  private final HashRunnerConfig worker;
  private final int maxRequests;
  private final @Nullable TestTiers tiers;
  private final Queue<StepPlan> sent = new ArrayDeque<>();
  private @Nullable HashModelRunner runner;
  private @Nullable StepEngine engine;
  private @Nullable StepPlan lastPlan;
  private boolean failNext;

  CoreHarness(SchedulerConfig config, HashRunnerConfig worker, int maxRequests) {
    this(config, worker, maxRequests, null);
  }

  CoreHarness(
      SchedulerConfig config, HashRunnerConfig worker, int maxRequests, @Nullable TestTiers tiers) {
    this(config, new Tenants(), worker, maxRequests, tiers);
  }

  CoreHarness(
      SchedulerConfig config,
      Tenants tenants,
      HashRunnerConfig worker,
      int maxRequests,
      @Nullable TestTiers tiers) {
    this.worker = worker;
    this.maxRequests = maxRequests;
    this.tiers = tiers;
    this.watch = new OrderWatch(config, tenants, () -> now);
    this.core = new SchedulerCore(config, tenants, watch, CacheSecret.NONE);
    connect();
  }

  void connect() {
    if (engine == null) {
      runner = new HashModelRunner(worker);
      engine =
          new StepEngine(new FailingRunner(runner, this::failsNow), maxRequests, tiers, () -> now);
      core.workerConnected(engine.info("worker"), now);
      check();
      if (tiers != null) {
        tiers.attach(runner.arena());
        List<StoredBlock> stored = new ArrayList<>();
        tiers.inventory(stored::add);
        core.takeInventory(stored);
        check();
      }
    }
  }

  /** What the connected worker says of itself. */
  WorkerInfo info() {
    if (engine == null) {
      throw new IllegalStateException("no worker");
    }
    return engine.info("worker");
  }

  boolean connected() {
    return engine != null;
  }

  void loseWorker() {
    closeRunner();
    sent.clear();
    watch.workerLost();
    core.workerLost("a test", now);
    check();
  }

  RecordedRequest submit(RecordedRequest request) {
    requests.add(request);
    watch.submitted(request.spec());
    core.submit(request.spec(), request, request, now);
    check();
    return request;
  }

  RecordedRequest submit(String id, int[] prompt, int maxTokens) {
    return submit(new RecordedRequest(Specs.PLAIN.arrival(now).request(id, prompt, maxTokens)));
  }

  void abort(String requestId) {
    core.abort(requestId, now);
    check();
  }

  void expire() {
    core.expire(now);
    check();
  }

  /** Plans one step, if there is anything to send. */
  boolean plan() {
    watch.planBegins();
    StepPlan plan = core.plan(now);
    check();
    if (plan == null) {
      return false;
    }
    watch.planned(plan, core.copiesInFlight() > 0);
    sent.add(plan);
    lastPlan = plan.copy();
    if (tiers != null) {
      begin(plan, tiers, true);
    }
    return true;
  }

  /* As the worker loop does: probes do not wait for the plan's turn, nor do cancellations. */
  private static void begin(StepPlan plan, TestTiers tiers, boolean probes) {
    for (CopyJob job : plan.copies()) {
      if ((job.kind() == CopyKind.PROBE) == probes) {
        tiers.submit(job);
      }
    }
    for (long job : plan.cancelledJobs()) {
      tiers.cancel(job);
    }
  }

  /** The plan made last. */
  StepPlan lastPlan() {
    if (lastPlan == null) {
      throw new IllegalStateException("nothing was planned");
    }
    return lastPlan;
  }

  /** The worker executes the oldest plan; the result is applied. False if none waits. */
  boolean execute() {
    StepPlan plan = sent.poll();
    StepEngine worker = engine;
    if (plan == null || worker == null) {
      return false;
    }
    StepResult result;
    if (tiers != null) {
      begin(plan, tiers, false);
    }
    try {
      result = worker.execute(plan);
      if (result.failed()) {
        watch.failed(plan, true);
        failedSteps++;
      }
    } catch (IllegalArgumentException e) {
      assertThat(watch.failures()).as("an invalid plan without a failed step: %s", e).isPositive();
      watch.failed(plan, false);
      result = new StepResult(plan.stepId(), List.of(), 0, "invalid plan: " + e.getMessage());
    }
    executed.add(plan.copy());
    core.apply(
        new StepResult(result.stepId(), result.tokens(), stepNanos(plan), result.failure()), now);
    check();
    return true;
  }

  private long stepNanos(StepPlan plan) {
    return tiers == null ? 0 : nanosPerToken * plan.tokenCount();
  }

  /** Carries out one of the copies under way; false if none is. */
  boolean copy() {
    if (tiers == null || tiers.queued() == 0) {
      return false;
    }
    core.applyCopy(tiers.carryOutAny());
    check();
    return true;
  }

  /** The worker fails the next step it computes. */
  void failNextStep() {
    failNext = true;
  }

  private boolean failsNow() {
    boolean fails = failNext;
    failNext = false;
    return fails;
  }

  /** Plans and executes until nothing is left; with a bound, because the oldest must progress. */
  void runUntilIdle(int maxSteps) {
    connect();
    int steps = 0;
    boolean moved = true;
    while (moved) {
      moved = false;
      core.expire(now);
      while (plan()) {
        moved = true;
      }
      moved |= execute();
      moved |= copy();
      now++;
      if (steps++ == maxSteps) {
        throw new AssertionError("not idle after " + maxSteps + " steps\n" + core.dump());
      }
    }
    if (core.requestCount() > 0) {
      throw new AssertionError("nothing to do, but requests are left\n" + core.dump());
    }
    if (engine != null) {
      assertThat(engine.requestCount()).as("requests the worker still holds").isZero();
    }
  }

  SchedulerStatus status() {
    return core.status("");
  }

  /* Runs after every operation of every scenario, so it builds no descriptions beforehand. */
  private void check() {
    List<String> violations = core.violations();
    if (!violations.isEmpty() || !watch.violations().isEmpty()) {
      throw new AssertionError(violations + " " + watch.violations() + "\n" + core.dump());
    }
    for (RecordedRequest request : requests) {
      if (request.misuse() != null) {
        throw new AssertionError(request.spec().requestId() + ": " + request.misuse());
      }
    }
  }

  private void closeRunner() {
    if (runner != null) {
      runner.close();
    }
    runner = null;
    engine = null;
    if (tiers != null) {
      tiers.drain();
    }
  }

  @Override
  public void close() {
    closeRunner();
  }
}
