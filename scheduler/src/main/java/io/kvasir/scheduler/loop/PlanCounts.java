package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.PlanEvents;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.Request;

/** Counts what planning does and passes it on. Confined to the scheduler loop. */
final class PlanCounts implements PlanEvents {
  private final boolean prefixCaching;
  private final SchedulerTotals totals;
  private final SchedulerEvents events;
  private final RequestObserver observer;

  PlanCounts(
      boolean prefixCaching,
      SchedulerTotals totals,
      SchedulerEvents events,
      RequestObserver observer) {
    this.prefixCaching = prefixCaching;
    this.totals = totals;
    this.events = events;
    this.observer = observer;
  }

  @Override
  public void onAdmitted(Request request, long now) {
    if (request.admissions() > 1) {
      events.onResumed(request.spec());
      return;
    }
    int cached = request.cachedTokens();
    totals.countPrompt(request.promptTokens(), cached, prefixCaching);
    observer.onFirstScheduled(request);
    events.onAdmitted(request.spec(), cached, now - request.spec().arrivalNanos());
  }

  @Override
  public void onPreempted(Request request, SwapDecision decision) {
    totals.countPreemption();
    events.onPreempted(request.spec(), decision);
  }
}
