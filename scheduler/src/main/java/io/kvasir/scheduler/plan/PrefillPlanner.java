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

  void plan(StepDraft draft, StepBudget budget) {
    for (int i = 0; i < running.size() && budget.hasPromptTokens(); i++) {
      Request request = running.get(i);
      if (request.tokensBehind() > 1) {
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
