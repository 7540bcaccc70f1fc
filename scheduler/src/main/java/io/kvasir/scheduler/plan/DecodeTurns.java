package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import org.jspecify.annotations.Nullable;

/**
 * Lets the streams of those that leave room for newcomers ({@link
 * io.kvasir.scheduler.policy.SchedulingPolicy#leavesRoom}) decode by turns where all of them would
 * make the step long: first come the tokens that must be in the step, then theirs in policy order,
 * as long as the step is not as full as they may make it ({@link StepBudget#fillNanosLeft}), or
 * half of them; beside a newcomer's prompt only those whose turn it is.
 *
 * <p><b>Bound.</b> As with {@link DecodeSlack}: no stream is left out of two steps in a row, and
 * none with a target ever. So a gap between two tokens is two steps at most, which are the shorter
 * for it.
 *
 * <p>Where a device reads its weights for every step their streams never fill it. Where a step
 * costs what it computes, as on a CPU, a hundred streams are longer than a newcomer's prompt.
 *
 * <p>Confined to the scheduler loop; allocates nothing.
 */
final class DecodeTurns {
  private final RequestQueue running;
  private double nanosLeft;

  DecodeTurns(RequestQueue running) {
    this.running = running;
  }

  /**
   * A step begins, of which nothing is taken.
   *
   * @param newcomer who may be admitted in this step; null if nobody
   */
  void stepBegins(StepBudget budget, StepDraft draft, @Nullable Request newcomer) {
    nanosLeft = budget.fillNanosLeft();
    if (nanosLeft == Double.POSITIVE_INFINITY) {
      return;
    }
    double prompts = newcomer != null && budget.isFirst(newcomer) ? nanos(newcomer, budget) : 0;
    double others = 0;
    double sure = 0;
    for (int i = 0; i < running.size(); i++) {
      Request request = running.get(i);
      if (request.tokensBehind() == 1) {
        double nanos = nanos(request, budget);
        others += budget.leavesRoom(request) ? nanos : 0;
        sure += mayWait(request, budget, draft) ? 0 : nanos;
      } else if (budget.isFirst(request)) {
        prompts += nanos(request, budget);
      }
    }
    nanosLeft -= prompts + sure;
    if (prompts == 0) {
      nanosLeft = Math.max(nanosLeft, others / 2 - sure);
    }
  }

  private static double nanos(Request request, StepBudget budget) {
    return budget.nanos(request, budget.wantedBy(request));
  }

  /** Whether a stream's next token is not in this step; asked once for each, in policy order. */
  boolean leavesOut(Request stream, StepBudget budget, StepDraft draft) {
    if (nanosLeft == Double.POSITIVE_INFINITY || !mayWait(stream, budget, draft)) {
      return false;
    }
    nanosLeft -= budget.nanos(stream, 1);
    return nanosLeft < 0;
  }

  private static boolean mayWait(Request stream, StepBudget budget, StepDraft draft) {
    return DecodeSlack.mayWait(stream, draft) && budget.leavesRoom(stream);
  }
}
