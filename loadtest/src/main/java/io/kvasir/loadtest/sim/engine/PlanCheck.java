package io.kvasir.loadtest.sim.engine;

import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.WorkerInfo;
import java.util.BitSet;

/** What every plan must hold to, whatever the policy. Confined to one thread. */
final class PlanCheck {
  private final int maxTokens;
  private final int maxRequests;
  private final BitSet slots = new BitSet();
  private long lastStep;

  PlanCheck(WorkerInfo worker, int maxRequests) {
    this.maxTokens = worker.maxStepTokens();
    this.maxRequests = Math.min(maxRequests, worker.maxRequests());
  }

  void check(StepPlan plan) {
    require(plan.stepId() == ++lastStep, plan, "is not the next one after " + (lastStep - 1));
    require(plan.tokenCount() <= maxTokens, plan, "exceeds the budget of " + maxTokens + " tokens");
    slots.clear();
    for (ScheduledRequest request : plan.scheduled()) {
      require(request.tokenCount() > 0, plan, "schedules no token of slot " + request.slot());
      require(!slots.get(request.slot()), plan, "schedules slot " + request.slot() + " twice");
      slots.set(request.slot());
    }
    require(slots.cardinality() <= maxRequests, plan, "exceeds " + maxRequests + " requests");
  }

  private static void require(boolean holds, StepPlan plan, String otherwise) {
    if (!holds) {
      throw new SimulationFailedException("plan %d %s".formatted(plan.stepId(), otherwise));
    }
  }
}
