package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.worker.step.StepPlan;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One turn of the scheduler loop after the other: drain commands → apply → expire → plan → dispatch
 * → publish. An exception in the core is a broken invariant: every request ends, the scheduler
 * calls itself broken and never serves again. Confined to the scheduler loop, except {@link
 * #status}.
 */
final class SchedulerTurn {
  private static final Logger log = LoggerFactory.getLogger(SchedulerTurn.class);
  private static final long PUBLISH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SchedulerCore core;
  private final AdmissionGate gate;
  private final CommandQueue commands;
  private final IntegrityChecks checks;
  private final SchedulerEvents events;
  private final LongSupplier nanoClock;

  private @Nullable WorkerLink link;
  private String broken = "";
  private boolean closing;
  private long drainEndNanos = Long.MAX_VALUE;
  private long publishedNanos;
  private boolean unpublished;
  private volatile SchedulerStatus status = SchedulerStatus.NO_WORKER;

  SchedulerTurn(
      SchedulerCore core,
      AdmissionGate gate,
      CommandQueue commands,
      IntegrityChecks checks,
      SchedulerEvents events,
      LongSupplier nanoClock) {
    this.core = core;
    this.gate = gate;
    this.commands = commands;
    this.checks = checks;
    this.events = events;
    this.nanoClock = nanoClock;
  }

  /** What was published last. Any thread. */
  SchedulerStatus status() {
    return status;
  }

  /** Takes one turn; false if it was the last. */
  boolean take() {
    boolean worked = false;
    boolean keeping = false;
    try {
      worked = drain();
      if (broken.isEmpty()) {
        worked |= schedule();
        keeping = closing && core.isKeeping() && nanoClock.getAsLong() < drainEndNanos;
        check();
      }
    } catch (Throwable e) {
      stop(e);
    }
    if (!broken.isEmpty()) {
      endQuestions();
      checks.answer(broken);
    }
    publish(!worked);
    return !(closing && gate.isEmpty() && !keeping);
  }

  private void check() {
    long now = nanoClock.getAsLong();
    if (now >= checks.dueNanos()) {
      // Who has the answer may read a status that is no older.
      publishNow(now);
      checks.make(core::violations);
    }
  }

  /** How long to sleep if no command comes, nanoseconds. */
  long idleNanos() {
    long now = nanoClock.getAsLong();
    long wake = closing ? drainEndNanos : Long.MAX_VALUE;
    if (unpublished) {
      wake = Math.min(wake, publishedNanos + PUBLISH_NANOS);
    }
    if (broken.isEmpty()) {
      wake = Math.min(wake, Math.min(core.nextWakeNanos(), checks.dueNanos()));
    }
    return wake == Long.MAX_VALUE ? LONGEST_SLEEP_NANOS : Math.min(wake - now, LONGEST_SLEEP_NANOS);
  }

  /* What comes meanwhile is for the next turn: whoever sends fast enough must not keep us here. */
  private boolean drain() {
    // Counted first: what was asked after a submission is put after it.
    int asked = Math.min(commands.questions(), CommandQueue.QUESTIONS_PER_TURN);
    int most = commands.commands();
    for (int i = 0; i < most; i++) {
      SchedulerCommand command = commands.poll();
      if (command != null && broken.isEmpty()) {
        carryOut(command, nanoClock.getAsLong());
      } else if (command != null) {
        carryOutBroken(command);
      }
    }
    for (int i = 0; i < asked && broken.isEmpty(); i++) {
      Question<?> question = commands.pollQuestion();
      if (question != null) {
        question.put(core, nanoClock.getAsLong());
      }
    }
    return most + asked > 0;
  }

  private void carryOut(SchedulerCommand command, long now) {
    switch (command) {
      case SchedulerCommand.Submit submit -> {
        Tenant tenant = gate.tenant(submit.spec().requestId());
        core.submit(submit.spec(), tenant, submit.output(), submit.listener(), now);
        // An abort may have overtaken it between gate and queue.
        if (gate.abortWanted(submit.spec().requestId())) {
          core.abort(submit.spec().requestId(), now);
        }
      }
      case SchedulerCommand.Abort abort -> {
        if (gate.holds(abort.requestId(), abort.ticket())) {
          core.abort(abort.requestId(), now);
        }
      }
      case SchedulerCommand.Connected connected -> {
        link = connected.link();
        core.workerConnected(connected.link().info(), now);
        gate.serve(ServingLimits.of(connected.link().info()));
        log.info("worker {} connected", connected.link().info().workerId());
      }
      case SchedulerCommand.Result result -> {
        if (result.link().equals(link)) {
          obey(result.link(), () -> core.apply(result.result(), now), now);
        }
      }
      case SchedulerCommand.Copied copied -> {
        if (copied.link().equals(link)) {
          obey(copied.link(), () -> core.applyCopy(copied.result()), now);
        }
      }
      case SchedulerCommand.Inventory inventory -> {
        if (inventory.link().equals(link)) {
          int taken = core.takeInventory(inventory.blocks());
          log.info(
              "worker {} holds {} blocks in its tiers, {} of use",
              inventory.link().info().workerId(),
              inventory.blocks().size(),
              taken);
        }
      }
      case SchedulerCommand.Lost lost -> {
        if (lost.link().equals(link)) {
          lose(lost.reason(), now);
        }
      }
      case SchedulerCommand.CheckIntegrity _ -> checks.want();
      case SchedulerCommand.Close close -> {
        closing = true;
        drainEndNanos = Math.min(drainEndNanos, close.drainEndNanos());
      }
    }
  }

  /* A worker whose answer makes no sense is dropped. */
  private void obey(WorkerLink worker, Runnable apply, long now) {
    try {
      apply.run();
    } catch (WorkerProtocolException e) {
      log.error("worker {} is dropped: {}", worker.info().workerId(), e.getMessage());
      worker.close(String.valueOf(e.getMessage()));
      lose(String.valueOf(e.getMessage()), now);
    }
  }

  private void lose(String reason, long now) {
    log.warn("worker lost: {}", reason);
    gate.serve(null);
    link = null;
    core.workerLost(reason, now);
  }

  private boolean schedule() {
    long now = nanoClock.getAsLong();
    core.expire(now);
    if (closing && now >= drainEndNanos) {
      core.endAll(FinishReason.ABORTED, now);
    }
    boolean planned = false;
    WorkerLink worker = link;
    for (StepPlan plan = core.plan(now); plan != null && worker != null; plan = core.plan(now)) {
      worker.submit(plan);
      planned = true;
      long after = nanoClock.getAsLong();
      events.onPlanned(plan.scheduled().size(), plan.tokenCount(), after - now);
      now = after;
    }
    if (core.observeProgress(now)) {
      log.error("nothing moves:\n{}", core.dump());
    }
    return planned;
  }

  /** Never serves again. */
  private void stop(Throwable cause) {
    broken = "stopped by a broken invariant: " + cause;
    RequestError error = new RequestError(Code.INTERNAL, broken, 0);
    gate.close(error);
    log.error("the scheduler stops: a broken invariant", cause);
    try {
      log.error("state at the stop:\n{}", core.dump());
    } catch (RuntimeException e) {
      log.error("the state cannot be read", e);
    }
    core.abandonAll(broken, nanoClock.getAsLong());
    if (link != null) {
      link.close(broken);
      link = null;
    }
  }

  /** Only what must be answered. */
  private void carryOutBroken(SchedulerCommand command) {
    switch (command) {
      case SchedulerCommand.Submit submit -> {
        long now = nanoClock.getAsLong();
        core.abandon(submit, gate.tenant(submit.spec().requestId()), broken, now);
      }
      case SchedulerCommand.Connected connected -> connected.link().close(broken);
      case SchedulerCommand.Close close -> closing = true;
      case SchedulerCommand.Abort _, SchedulerCommand.Result _, SchedulerCommand.Copied _ -> {}
      case SchedulerCommand.Inventory _, SchedulerCommand.Lost _ -> {}
      case SchedulerCommand.CheckIntegrity _ -> {}
    }
  }

  /** Nobody is left waiting for an answer: after the last turn, and while nothing is served. */
  void endQuestions() {
    for (Question<?> question = commands.pollQuestion();
        question != null;
        question = commands.pollQuestion()) {
      question.endUnserved();
    }
  }

  private void publish(boolean idle) {
    long now = nanoClock.getAsLong();
    unpublished = !idle && now - publishedNanos < PUBLISH_NANOS;
    if (unpublished) {
      return;
    }
    publishNow(now);
  }

  private void publishNow(long now) {
    publishedNanos = now;
    if (!broken.isEmpty()) {
      SchedulerStatus last = status;
      status =
          new SchedulerStatus(
              false,
              broken,
              "",
              0,
              0,
              0,
              last.blocks(),
              last.steps(),
              last.stepTimes(),
              last.totals(),
              last.swaps(),
              last.tiers(),
              last.tenants(),
              last.sessions());
    } else {
      status = core.status(closing ? "shutting down" : "");
      core.report(gate);
    }
  }
}
