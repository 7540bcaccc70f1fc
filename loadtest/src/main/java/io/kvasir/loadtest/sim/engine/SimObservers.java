package io.kvasir.loadtest.sim.engine;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.worker.step.StepPlan;

/**
 * Two observers as one.
 *
 * @param first hears first
 * @param second hears then
 */
public record SimObservers(SimObserver first, SimObserver second) implements SimObserver {

  @Override
  public void submitted(SimRequest request, long now) {
    first.submitted(request, now);
    second.submitted(request, now);
  }

  @Override
  public void admitted(SimRequest request, long now) {
    first.admitted(request, now);
    second.admitted(request, now);
  }

  @Override
  public void preempted(SimRequest request, SwapDecision decision, long now) {
    first.preempted(request, decision, now);
    second.preempted(request, decision, now);
  }

  @Override
  public void generated(SimRequest request, long gapNanos, long now) {
    first.generated(request, gapNanos, now);
    second.generated(request, gapNanos, now);
  }

  @Override
  public void prefilled(SimRequest request, int tokens, long now) {
    first.prefilled(request, tokens, now);
    second.prefilled(request, tokens, now);
  }

  @Override
  public void ended(SimRequest request, FinishedEvent end, long now) {
    first.ended(request, end, now);
    second.ended(request, end, now);
  }

  @Override
  public void stepped(StepPlan plan, long beganNanos, long now) {
    first.stepped(plan, beganNanos, now);
    second.stepped(plan, beganNanos, now);
  }

  @Override
  public void carried(String link, CopyJob job, int blocks, long beganNanos, long now) {
    first.carried(link, job, blocks, beganNanos, now);
    second.carried(link, job, blocks, beganNanos, now);
  }

  @Override
  public void sampled(SchedulerStatus status, long now) {
    first.sampled(status, now);
    second.sampled(status, now);
  }
}
