package io.kvasir.worker.step;

import java.util.List;

/**
 * One batch for one worker. The worker applies it in this order: releases, new requests, scheduled
 * requests. Plans of one worker are executed strictly in the order of their ids.
 *
 * @param stepId increases by one with each plan, from 1
 * @param releasedSlots slots whose request is over or preempted; the worker forgets them
 * @param newRequests requests the worker does not know
 * @param scheduled who runs; at most one entry per slot
 */
public record StepPlan(
    long stepId,
    int[] releasedSlots,
    List<NewRequest> newRequests,
    List<ScheduledRequest> scheduled) {

  public StepPlan {
    newRequests = List.copyOf(newRequests);
    scheduled = List.copyOf(scheduled);
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
