package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestState;
import io.kvasir.scheduler.request.RequestTable;
import org.jspecify.annotations.Nullable;

/**
 * Plans the running requests that are one token behind, in policy order, but for those that {@link
 * DecodeSlack} and {@link DecodeTurns} leave out. Only here can blocks run out: a prompt's blocks
 * were all allocated at admission, a generated token's are when it comes. Victims come from behind
 * in the order, so none of them is in the draft yet. Confined to the scheduler loop.
 */
final class DecodePlanner {
  private final RequestTable table;
  private final RequestQueue running;
  private final Preemptor preemptor;
  private final DecodeSlack slack;
  private final DecodeTurns turns;

  DecodePlanner(RequestTable table, Preemptor preemptor) {
    this.table = table;
    this.running = table.running();
    this.preemptor = preemptor;
    this.slack = new DecodeSlack(table.running());
    this.turns = new DecodeTurns(table.running());
  }

  /**
   * Plans them.
   *
   * @param head who is to be admitted next; null if nobody waits
   * @param comes whether it may be admitted in this step, as far as is known
   */
  void plan(StepDraft draft, StepBudget budget, @Nullable Request head, boolean comes, long now) {
    // More decodes than budget must not starve a prompt that is first in the order.
    Request first = table.first(head);
    if (first != null && first.tokensBehind() > 1) {
      budget.setAside(first.tokensBehind(), first.state() == RequestState.RUNNING);
    }
    slack.stepBegins(budget);
    turns.stepBegins(budget, draft, comes ? head : null);
    for (int i = 0; i < running.size() && budget.forDecodes() > 0; ) {
      Request request = running.get(i);
      boolean next =
          request.tokensBehind() == 1
              && budget.mayDecode(request)
              && (i == 0 || !leavesOut(request, draft, budget));
      if (next && preemptor.makeRoom(request, i, draft, now)) {
        budget.takeDecode(request);
        draft.schedule(request, 1);
      }
      // One that lost its own blocks is not there any more.
      i += request.state() == RequestState.RUNNING ? 1 : 0;
    }
  }

  private boolean leavesOut(Request stream, StepDraft draft, StepBudget budget) {
    return slack.leavesOut(stream, draft) || turns.leavesOut(stream, budget, draft);
  }
}
