package io.kvasir.worker.step;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes step plans on one platform thread, in the order they were submitted. Whatever goes wrong
 * becomes a failed {@link StepResult}; an {@link Error}, or a listener that throws, also stops the
 * loop, and {@link Listener#onStopped} is told. The loop never dies in silence.
 */
public final class WorkerLoop implements AutoCloseable {
  /** Most plans waiting; a scheduler sends at most two that have not come back. */
  public static final int MAX_QUEUED_PLANS = 4;

  /** Hears of results. Called on the loop's thread. */
  public interface Listener {
    /** A plan came back; in the order of submission. */
    void onResult(StepResult result);

    /** A copy ended; on any thread, in any order, never after {@link #onStopped}. */
    void onCopied(CopyResult result);

    /** The loop has ended and no result follows. Once, last. */
    void onStopped(String reason);
  }

  private enum State {
    /** Takes plans. DRAINING on {@link #close}, STOPPED on {@link #stop} or an error. */
    RUNNING,
    /** Executes the plans it has, takes no more. Then it ends. */
    DRAINING,
    /** Ends after the current step. Terminal. */
    STOPPED
  }

  private static final Logger log = LoggerFactory.getLogger(WorkerLoop.class);

  private final StepEngine engine;
  private final Listener listener;
  private final Thread thread;

  /* Guarded by plans: the only structure two threads share. */
  private final ArrayDeque<StepPlan> plans = new ArrayDeque<>(MAX_QUEUED_PLANS);
  private State state = State.RUNNING;
  private String stopReason = "closed";

  /**
   * @param name of the thread
   * @param engine executes; used by the loop's thread only from {@link #start} to the end
   */
  public WorkerLoop(String name, StepEngine engine, Listener listener) {
    this.engine = engine;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  /** Starts the thread. */
  public WorkerLoop start() {
    if (engine.copier() != null) {
      engine.copier().listen(listener::onCopied);
    }
    thread.start();
    return this;
  }

  /**
   * Queues a plan and returns at once. After the loop was closed or stopped the plan is dropped.
   * Any thread.
   *
   * @throws IllegalStateException if {@link #MAX_QUEUED_PLANS} are waiting
   */
  public void submit(StepPlan plan) {
    synchronized (plans) {
      if (state != State.RUNNING) {
        return;
      }
      if (plans.size() == MAX_QUEUED_PLANS) {
        throw new IllegalStateException(
            "step " + plan.stepId() + ": " + MAX_QUEUED_PLANS + " plans are waiting already");
      }
      plans.add(plan);
      plans.notifyAll();
    }
    begin(plan, true);
    cancel(plan);
  }

  /**
   * Ends the loop after the step it is in; waiting plans are dropped. Returns at once. Any thread.
   */
  public void stop(String reason) {
    synchronized (plans) {
      if (state == State.STOPPED) {
        return;
      }
      state = State.STOPPED;
      stopReason = reason;
      plans.clear();
      plans.notifyAll();
    }
  }

  /** Executes the plans that wait, then ends the loop and waits for its thread. */
  @Override
  public void close() {
    synchronized (plans) {
      if (state == State.RUNNING) {
        state = State.DRAINING;
        plans.notifyAll();
      }
    }
    join();
  }

  /** Waits until the loop's thread has ended. On that thread itself it returns at once. */
  public void join() {
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (StepPlan plan = take(); plan != null; plan = take()) {
        listener.onResult(execute(plan));
      }
    } catch (Throwable e) {
      log.error("worker loop fails", e);
      stop("worker loop failed: " + e);
    } finally {
      if (engine.copier() != null) {
        engine.copier().drain();
      }
      listener.onStopped(stopReason());
    }
  }

  private StepResult execute(StepPlan plan) {
    try {
      begin(plan, false);
      // Once more: what was cancelled may have been in a plan that had not begun.
      cancel(plan);
      return compute(plan);
    } catch (IllegalArgumentException e) {
      log.error("step {} is invalid: {}", plan.stepId(), e.getMessage());
      return failed(plan, "invalid plan: " + e.getMessage());
    } catch (Throwable e) {
      log.error("step {} fails", plan.stepId(), e);
      if (e instanceof Error) {
        stop("step " + plan.stepId() + " failed: " + e);
      }
      return failed(plan, "step " + plan.stepId() + " failed: " + e);
    }
  }

  private StepResult compute(StepPlan plan) {
    if (engine.copier() == null) {
      return engine.execute(plan);
    }
    engine.copier().stepping(true);
    try {
      return engine.execute(plan);
    } finally {
      engine.copier().stepping(false);
    }
  }

  /*
   * Probes begin when the plan comes. Copies begin when it is its turn: every step before it is
   * complete, so sources are and destinations are not in use.
   */
  private void begin(StepPlan plan, boolean probes) {
    for (CopyJob job : plan.copies()) {
      if ((job.kind() == CopyKind.PROBE) != probes) {
        continue;
      }
      try {
        if (engine.copier() == null) {
          throw new IllegalArgumentException("copies: this worker has no tiers");
        }
        engine.copier().submit(job);
      } catch (IllegalArgumentException e) {
        // The scheduler holds blocks for it, so it needs an answer; the step does not depend on it.
        log.error("copy job {} is invalid: {}", job.jobId(), e.getMessage());
        listener.onCopied(refused(job, "invalid job: " + e.getMessage()));
      }
    }
  }

  private void cancel(StepPlan plan) {
    if (engine.copier() != null) {
      for (long jobId : plan.cancelledJobs()) {
        engine.copier().cancel(jobId);
      }
    }
  }

  private static CopyResult refused(CopyJob job, String failure) {
    List<CopyOutcome> outcomes = Collections.nCopies(job.blockCount(), CopyOutcome.FAILED);
    return new CopyResult(job.jobId(), outcomes, 0, 0, 0, 0, failure);
  }

  private static StepResult failed(StepPlan plan, String failure) {
    return new StepResult(plan.stepId(), List.of(), 0, failure);
  }

  private @Nullable StepPlan take() throws InterruptedException {
    synchronized (plans) {
      while (plans.isEmpty() && state == State.RUNNING) {
        plans.wait();
      }
      return plans.poll();
    }
  }

  private String stopReason() {
    synchronized (plans) {
      return stopReason;
    }
  }
}
