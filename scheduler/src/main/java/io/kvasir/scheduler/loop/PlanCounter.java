package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.plan.PlanEvents;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.Request;
import java.util.List;

/**
 * Counts what the planner decided and tells of it, the requests' clients too. Confined to the
 * scheduler loop.
 */
final class PlanCounter implements PlanEvents {
  private final SchedulerTotals totals;
  private final SchedulerEvents events;
  private final RequestObserver observer;
  private final boolean prefixCaching;
  private List<TierSpec> tiers = List.of();

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

  /** A worker with these tiers is planned for from now on. */
  void connected(List<TierSpec> tiersOfWorker) {
    tiers = tiersOfWorker;
  }

  @Override
  public void onAdmitted(Request request, long now) {
    if (request.admissions() > 1) {
      events.onResumed(request.spec());
      request.listener().onResumed(RequestNotices.resumed(request, now));
      return;
    }
    int cached = request.cachedTokens();
    totals.countPrompt(request.promptTokens(), cached, prefixCaching);
    observer.onFirstScheduled(request);
    events.onAdmitted(request.spec(), cached, now - request.spec().arrivalNanos());
  }

  @Override
  public void onPreempted(Request request, SwapDecision decision, long now) {
    totals.countPreemption();
    events.onPreempted(request.spec(), decision);
    request.listener().onPreempted(RequestNotices.preempted(request, tiers));
  }
}
