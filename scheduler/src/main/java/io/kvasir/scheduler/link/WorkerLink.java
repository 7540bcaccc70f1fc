package io.kvasir.scheduler.link;

import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.WorkerInfo;
import java.util.List;

/** A connected worker, in this process or another. */
public interface WorkerLink {

  /** What the worker said of itself in the handshake. */
  WorkerInfo info();

  /**
   * Sends a plan; never blocks. Plans sent after the worker was lost are dropped. From now on the
   * plan belongs to the link, until {@link Listener#onResult} is told its result; see {@link
   * StepPlan}. Scheduler loop.
   */
  void submit(StepPlan plan);

  /** Ends the connection; the listener hears {@link Listener#onLost}. Any thread. */
  void close(String reason);

  /** Hears of workers. Called on any thread; implementations only enqueue. */
  interface Listener {

    /**
     * A worker finished its handshake.
     *
     * @return empty if it may serve, or why it is refused
     */
    String onConnected(WorkerLink link);

    /** A step came back; in step order per link. */
    void onResult(WorkerLink link, io.kvasir.worker.step.StepResult result);

    /** A copy ended; at most once per job, in any order. */
    void onCopied(WorkerLink link, CopyResult result);

    /** A part of what the worker's tiers hold since before it connected. */
    void onInventory(WorkerLink link, List<StoredBlock> blocks);

    /** The worker is gone, with its KV. Once per link, last. */
    void onLost(WorkerLink link, String reason);
  }
}
