package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.plan.PlanEvents;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.session.Sessions;
import io.kvasir.worker.step.WorkerInfo;
import java.util.List;

/**
 * Counts what the planner decided and tells of it, the requests' clients too. Confined to the
 * scheduler loop.
 */
final class PlanCounter implements PlanEvents {
  private final SchedulerTotals totals;
  private final SchedulerEvents events;
  private final Sessions sessions;
  private final RequestObserver observer;
  private final boolean prefixCaching;
  private List<TierSpec> tiers = List.of();
  private int blockTokens;

  PlanCounter(
      SchedulerTotals totals,
      SchedulerEvents events,
      Sessions sessions,
      RequestObserver observer,
      boolean prefixCaching) {
    this.totals = totals;
    this.events = events;
    this.sessions = sessions;
    this.observer = observer;
    this.prefixCaching = prefixCaching;
  }

  /** This worker is planned for from now on. */
  void connected(WorkerInfo info) {
    tiers = info.tiers();
    blockTokens = info.geometry().blockTokens();
  }

  @Override
  public void onAdmitted(Request request, long now) {
    if (request.admissions() > 1) {
      events.onResumed(request.spec(), request.times().stalledFor(now));
      request.listener().onResumed(RequestNotices.resumed(request, blockTokens, now));
      return;
    }
    int cached = request.cachedTokens();
    totals.countPrompt(request.promptTokens(), cached, prefixCaching);
    sessions.admitted(request, cached);
    observer.onFirstScheduled(request);
    events.onAdmitted(request.spec(), cached, now - request.spec().arrivalNanos());
  }

  @Override
  public void onRestored(Request request, int tokens) {
    totals.countRestored(tokens, request.admissions());
  }

  @Override
  public void onPreempted(Request request, SwapDecision decision, long now) {
    totals.countPreemption();
    events.onPreempted(request.spec(), decision);
    request.listener().onPreempted(RequestNotices.preempted(request, tiers));
  }
}
