package io.kvasir.worker.step;

import io.kvasir.kvpool.tier.CopyJob;
import java.util.List;

/**
 * One batch for one worker. The worker applies it in this order: copies begin, releases, new
 * requests, scheduled requests. Plans of one worker are executed strictly in the order of their
 * ids; copies run on while this and later plans are executed. Probes and cancellations touch no
 * block and do not wait for the plan's turn.
 *
 * @param stepId increases by one with each plan, from 1
 * @param releasedSlots slots whose request is over or preempted; the worker forgets them
 * @param newRequests requests the worker does not know
 * @param scheduled who runs; at most one entry per slot
 * @param copies copies between the arena and the tiers; each comes back as a {@code CopyResult}
 * @param cancelledJobs copies of this or earlier plans of which what has not begun is given up
 */
public record StepPlan(
    long stepId,
    int[] releasedSlots,
    List<NewRequest> newRequests,
    List<ScheduledRequest> scheduled,
    List<CopyJob> copies,
    long[] cancelledJobs) {

  private static final long[] NONE = {};

  public StepPlan {
    newRequests = List.copyOf(newRequests);
    scheduled = List.copyOf(scheduled);
    copies = List.copyOf(copies);
  }

  /** A plan without copies. */
  public StepPlan(
      long stepId,
      int[] releasedSlots,
      List<NewRequest> newRequests,
      List<ScheduledRequest> scheduled) {
    this(stepId, releasedSlots, newRequests, scheduled, List.of(), NONE);
  }

  /** Tokens this step computes. */
  public int tokenCount() {
    int sum = 0;
    for (ScheduledRequest request : scheduled) {
      sum += request.tokenCount();
    }
    return sum;
  }
}
