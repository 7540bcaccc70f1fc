package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.PlanEvents;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.Request;

/** Counts what the planner decided and tells of it. Confined to the scheduler loop. */
final class PlanCounter implements PlanEvents {
  private final SchedulerTotals totals;
  private final SchedulerEvents events;
  private final RequestObserver observer;
  private final boolean prefixCaching;

  PlanCounter(
      SchedulerTotals totals,
      SchedulerEvents events,
      RequestObserver observer,
      boolean prefixCaching) {
    this.totals = totals;
    this.events = events;
    this.observer = observer;
    this.prefixCaching = prefixCaching;
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
