package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;

/**
 * Plans the next chunks of running requests that are more than one token behind, in policy order,
 * with the budget that decodes left. Needs no blocks: they were allocated at admission. Confined to
 * the scheduler loop.
 */
final class PrefillPlanner {
  private final RequestQueue running;
  private final SchedulingPolicy policy;

  PrefillPlanner(RequestQueue running, SchedulingPolicy policy) {
    this.running = running;
    this.policy = policy;
  }

  /** Plans those that are not in the draft, up to a group. */
  void plan(StepDraft draft, StepBudget budget, int lastGroup) {
    for (int i = 0; i < running.size() && budget.hasPromptTokens(); i++) {
      Request request = running.get(i);
      if (request.tokensBehind() > 1
          && policy.group(request) <= lastGroup
          && !draft.holds(request)) {
        planChunk(request, draft, budget);
      }
    }
  }

  /** As many tokens as the request is behind and the budget has left for it; maybe none. */
  static void planChunk(Request request, StepDraft draft, StepBudget budget) {
    int count = budget.promptTokens(request);
    if (count > 0) {
      budget.takePrompt(request, count);
      draft.schedule(request, count);
    }
  }
}
