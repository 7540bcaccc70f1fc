package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.link.WorkerLink;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.worker.step.StepPlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
      SchedulerEvents events,
      LongSupplier nanoClock) {
    this.core = core;
    this.gate = gate;
    this.commands = commands;
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
      }
    } catch (Throwable e) {
      stop(e);
    }
    publish(!worked);
    return !(closing && gate.isEmpty() && !keeping);
  }

  /** How long to sleep if no command comes, nanoseconds. */
  long idleNanos() {
    long now = nanoClock.getAsLong();
    long wake = closing ? drainEndNanos : Long.MAX_VALUE;
    if (unpublished) {
      wake = Math.min(wake, publishedNanos + PUBLISH_NANOS);
    }
    if (broken.isEmpty()) {
      wake = Math.min(wake, core.nextWakeNanos());
    }
    return wake == Long.MAX_VALUE ? LONGEST_SLEEP_NANOS : Math.min(wake - now, LONGEST_SLEEP_NANOS);
  }

  private boolean drain() {
    boolean worked = false;
    for (SchedulerCommand command = commands.poll(); command != null; command = commands.poll()) {
      worked = true;
      if (broken.isEmpty()) {
        carryOut(command, nanoClock.getAsLong());
      } else {
        carryOutBroken(command);
      }
    }
    return worked;
  }

  private void carryOut(SchedulerCommand command, long now) {
    switch (command) {
      case SchedulerCommand.Submit submit -> {
        core.submit(submit.spec(), submit.output(), submit.listener(), now);
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
      case SchedulerCommand.CheckIntegrity check -> {
        // Who has this answer may read a status that is no older.
        publishNow(now);
        check.answer().complete(core.violations());
      }
      case SchedulerCommand.SetTierLimit set -> {
        try {
          set.answer().complete(core.setTierLimit(set.tier(), set.blocks()));
        } catch (IllegalArgumentException e) {
          set.answer().completeExceptionally(e);
        }
      }
      case SchedulerCommand.UpdateSession update ->
          update
              .answer()
              .complete(
                  core.sessions()
                      .update(update.tenantId(), update.sessionId(), update.hints(), now));
      case SchedulerCommand.EndSession end ->
          end.answer().complete(core.sessions().end(end.tenantId(), end.sessionId(), now));
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
        core.abandon(submit.spec(), submit.output(), submit.listener(), broken, now);
      }
      case SchedulerCommand.CheckIntegrity check -> check.answer().complete(List.of(broken));
      case SchedulerCommand.Connected connected -> connected.link().close(broken);
      case SchedulerCommand.SetTierLimit set -> set.answer().complete(false);
      case SchedulerCommand.UpdateSession update -> update.answer().complete(Optional.empty());
      case SchedulerCommand.EndSession end -> end.answer().complete(OptionalInt.empty());
      case SchedulerCommand.Close close -> closing = true;
      case SchedulerCommand.Abort _, SchedulerCommand.Result _, SchedulerCommand.Copied _ -> {}
      case SchedulerCommand.Inventory _, SchedulerCommand.Lost _ -> {}
    }
  }

  /** After the last turn: nobody is left waiting for an answer. */
  void refuseLeftovers() {
    for (SchedulerCommand command = commands.poll(); command != null; command = commands.poll()) {
      if (command instanceof SchedulerCommand.CheckIntegrity check) {
        check.answer().complete(List.of("the scheduler has been closed"));
      } else if (command instanceof SchedulerCommand.SetTierLimit set) {
        set.answer().complete(false);
      } else if (command instanceof SchedulerCommand.UpdateSession update) {
        update.answer().complete(Optional.empty());
      } else if (command instanceof SchedulerCommand.EndSession end) {
        end.answer().complete(OptionalInt.empty());
      }
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
