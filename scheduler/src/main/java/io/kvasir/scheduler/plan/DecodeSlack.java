package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;

/**
 * Spends the slack of streams without a target on first tokens: leaves such streams out of a step
 * that prompts fill alone, so that each prompt is nearer to its end by what they would have taken.
 *
 * <p><b>When.</b> Running prompts of the first group without a first token want all tokens of the
 * step, and the streams with a target leave time for them. Less would not fill the step, and a
 * stream left out would bring nothing forward.
 *
 * <p><b>Bound.</b> No stream is left out of two steps in a row: only one whose token is in the step
 * before is, and never the first in policy order. So a gap between two tokens is two steps, in
 * place of one, at most. Streams with a target are never left out: what they can spare is in the
 * step's time already ({@link StepBudget}).
 *
 * <p>Source: FairBatching's decodes that are not urgent. Confined to the scheduler loop; allocates
 * nothing.
 */
final class DecodeSlack {
  private final RequestQueue running;
  private boolean spends;

  DecodeSlack(RequestQueue running) {
    this.running = running;
  }

  /** A step begins, of which nothing is taken. */
  void stepBegins(StepBudget budget) {
    long wanted = 0;
    for (int i = 0; i < running.size(); i++) {
      Request request = running.get(i);
      boolean pending = request.tokensBehind() > 1 && request.completionTokens() == 0;
      wanted += pending && budget.isFirst(request) ? budget.wantedBy(request) : 0;
    }
    int full = budget.stepTokens();
    spends = wanted >= full && budget.fullStepInTime() == full;
  }

  /** Whether a stream's next token is not in this step. */
  boolean leavesOut(Request stream, StepDraft draft) {
    return spends && mayWait(stream, draft);
  }

  /** Whether a stream may be left out of this step at all. */
  static boolean mayWait(Request stream, StepDraft draft) {
    return stream.spec().tbtMillis() == 0
        && stream.completionTokens() > 0
        && draft.wasInStepBefore(stream);
  }
}
