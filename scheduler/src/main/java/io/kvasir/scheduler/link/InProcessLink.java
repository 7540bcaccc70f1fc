package io.kvasir.scheduler.link;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import io.kvasir.worker.step.WorkerLoop;
import java.util.ArrayList;
import java.util.List;

/** A worker in the scheduler's own process: a {@link WorkerLoop} without a wire. */
public final class InProcessLink implements WorkerLink, AutoCloseable {
  private final WorkerInfo info;
  private final WorkerLoop loop;

  private InProcessLink(StepEngine engine, String workerId, Listener listener) {
    this.info = engine.info(workerId);
    this.loop =
        new WorkerLoop(
            workerId,
            engine,
            new WorkerLoop.Listener() {
              @Override
              public void onResult(StepResult result) {
                listener.onResult(InProcessLink.this, result);
              }

              @Override
              public void onCopied(CopyResult result) {
                listener.onCopied(InProcessLink.this, result);
              }

              @Override
              public void onStopped(String reason) {
                listener.onLost(InProcessLink.this, reason);
              }
            });
  }

  /**
   * Connects a worker.
   *
   * @param engine executes its steps; the link's alone until {@link #close()} returned
   * @param workerId its name, also its thread's
   * @throws IllegalStateException with the listener's reason if it refuses the worker
   */
  public static InProcessLink connect(StepEngine engine, String workerId, Listener listener) {
    InProcessLink link = new InProcessLink(engine, workerId, listener);
    String refusal = listener.onConnected(link);
    if (!refusal.isEmpty()) {
      throw new IllegalStateException("worker " + workerId + " is refused: " + refusal);
    }
    if (engine.copier() != null) {
      List<StoredBlock> stored = new ArrayList<>();
      engine.copier().inventory(stored::add);
      listener.onInventory(link, stored);
    }
    link.loop.start();
    return link;
  }

  @Override
  public WorkerInfo info() {
    return info;
  }

  @Override
  public void submit(StepPlan plan) {
    loop.submit(plan);
  }

  @Override
  public void close(String reason) {
    loop.stop(reason);
  }

  /** Ends the link after the step it is in and waits for that; the engine is the caller's again. */
  @Override
  public void close() {
    loop.stop("closed");
    loop.join();
  }
}
