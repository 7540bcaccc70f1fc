package io.kvasir.worker.step;

import io.kvasir.kvpool.tier.CopyJob;
import java.util.List;

/**
 * One batch for one worker. The worker applies it in this order: copies begin, releases, new
 * requests, scheduled requests. Plans of one worker are executed strictly in the order of their
 * ids; copies run on while this and later plans are executed. Probes and cancellations touch no
 * block and do not wait for the plan's turn.
 *
 * <p><b>Whose it is.</b> Who makes plans may fill the same ones again and again ({@link #clear},
 * {@link #complete}). From the moment it is sent a plan belongs to the worker: nobody writes it,
 * and the maker only reads it. It is the maker's again when it has the plan's {@link StepResult},
 * so a worker answers a plan after its last look at it. A plan that is never answered, because the
 * worker was lost, is never filled again. What goes to another process is encoded while it is the
 * worker's. Who wants to keep a plan takes a {@link #copy}. The hand-over in both directions goes
 * through a queue, which orders the writes of one thread before the reads of the other.
 */
public final class StepPlan {
  private static final int[] NO_SLOTS = {};
  private static final long[] NO_JOBS = {};

  private final ScheduledRequests scheduled;
  private long stepId;
  private int[] releasedSlots = NO_SLOTS;
  private List<NewRequest> newRequests = List.of();
  private List<CopyJob> copies = List.of();
  private long[] cancelledJobs = NO_JOBS;

  /** An empty plan to be filled, with room for so many scheduled requests. */
  public StepPlan(int maxRequests) {
    this.scheduled = new ScheduledRequests(maxRequests);
  }

  private StepPlan(ScheduledRequests scheduled) {
    this.scheduled = scheduled;
  }

  /** A complete plan; see the accessors. The arrays are the plan's from now on. */
  public StepPlan(
      long stepId,
      int[] releasedSlots,
      List<NewRequest> newRequests,
      List<ScheduledRequest> scheduled,
      List<CopyJob> copies,
      long[] cancelledJobs) {
    this(ScheduledRequests.copyOf(scheduled));
    complete(stepId, releasedSlots, newRequests, copies, cancelledJobs);
  }

  /** A complete plan without copies. */
  public StepPlan(
      long stepId,
      int[] releasedSlots,
      List<NewRequest> newRequests,
      List<ScheduledRequest> scheduled) {
    this(stepId, releasedSlots, newRequests, scheduled, List.of(), NO_JOBS);
  }

  /** Nobody is scheduled any more. */
  public void clear() {
    scheduled.clear();
  }

  /**
   * Ends the filling; {@link #scheduled} is filled before. The arrays are the plan's from now on.
   */
  public void complete(
      long stepId,
      int[] releasedSlots,
      List<NewRequest> newRequests,
      List<CopyJob> copies,
      long[] cancelledJobs) {
    this.stepId = stepId;
    this.releasedSlots = releasedSlots;
    // A copy of an empty list is made of an empty array.
    this.newRequests = newRequests.isEmpty() ? List.of() : List.copyOf(newRequests);
    this.copies = List.copyOf(copies);
    this.cancelledJobs = cancelledJobs;
  }

  /** The same plan, and nobody fills it again. */
  public StepPlan copy() {
    return new StepPlan(stepId, releasedSlots, newRequests, scheduled, copies, cancelledJobs);
  }

  /** Increases by one with each plan, from 1. */
  public long stepId() {
    return stepId;
  }

  /** Slots whose request is over or preempted; the worker forgets them. */
  public int[] releasedSlots() {
    return releasedSlots;
  }

  /** Requests the worker does not know. */
  public List<NewRequest> newRequests() {
    return newRequests;
  }

  /** Who runs; at most one entry per slot. */
  public ScheduledRequests scheduled() {
    return scheduled;
  }

  /** Copies between the arena and the tiers; each comes back as a {@code CopyResult}. */
  public List<CopyJob> copies() {
    return copies;
  }

  /** Copies of this or earlier plans of which what has not begun is given up. */
  public long[] cancelledJobs() {
    return cancelledJobs;
  }

  /** Tokens this step computes. */
  public int tokenCount() {
    int sum = 0;
    for (int i = 0; i < scheduled.size(); i++) {
      sum += scheduled.tokenCount(i);
    }
    return sum;
  }
}
