package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;

/**
 * Plans the next chunks of running requests that are more than one token behind, in policy order,
 * with the budget that decodes left. Needs no blocks: they were allocated at admission. Confined to
 * the scheduler loop.
 */
final class PrefillPlanner {
  private final RequestQueue running;

  PrefillPlanner(RequestQueue running) {
    this.running = running;
  }

  void plan(StepDraft draft, TokenBudget budget) {
    for (int i = 0; i < running.size() && budget.left() > 0; i++) {
      Request request = running.get(i);
      if (request.tokensBehind() > 1) {
        planChunk(request, draft, budget);
      }
    }
  }

  /** As many tokens as the request is behind and the budget has left; at least 1 of each. */
  static void planChunk(Request request, StepDraft draft, TokenBudget budget) {
    int count = Math.min(request.tokensBehind(), budget.left());
    draft.schedule(request, count);
    budget.take(count);
  }
}
