package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;

/** Hears of what the planner decided about single requests, when it has been done. */
public interface PlanEvents {

  /**
   * A request got blocks and a slot; {@code request.admissions()} says whether for the first time.
   */
  void onAdmitted(Request request, long now);

  /** The KV of {@code tokens} more tokens of a request came from a tier. */
  void onRestored(Request request, int tokens);

  /** A request lost its blocks and its slot. */
  void onPreempted(Request request, SwapDecision decision, long now);
}
