package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.Allocation;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestTable;

/**
 * Admits waiting and preempted requests strictly in policy order, orders what the tiers hold of
 * them, and plans their first chunk. A request is admitted only with blocks for all its known
 * tokens and the next one, and only if a growth reserve stays: what is admitted is not thrown out
 * by its own next chunk. Computing is chunked, allocating is not.
 *
 * <p>The first that cannot be admitted stops it: nobody overtakes, except those whose tenants are
 * above their {@link KvQuota}. See {@link io.kvasir.scheduler.policy.SchedulingPolicy}. Confined to
 * the scheduler loop.
 */
final class AdmissionPlanner {
  private final RequestTable table;
  private final WorkerSession session;
  private final PlanEvents events;
  private final KvQuota quota;

  AdmissionPlanner(RequestTable table, WorkerSession session, PlanEvents events) {
    this.table = table;
    this.session = session;
    this.events = events;
    this.quota = new KvQuota(table.running(), table.waiting(), session);
  }

  void plan(StepDraft draft, TokenBudget budget, long now) {
    RequestQueue waiting = table.waiting();
    while (!waiting.isEmpty() && budget.left() > 0 && session.slots().freeCount() > 0) {
      Request request = quota.next();
      // A preempted request with a sample in flight would be sent without its newest token; what is
      // still on its way to a tier would be computed again.
      if (request.samplesInFlight() > 0
          || session.swapper().isLeaving(request, now)
          || !admit(request, now)) {
        return;
      }
      if (request.tokensBehind() > 0) {
        PrefillPlanner.planChunk(request, draft, budget);
      }
    }
  }

  private boolean admit(Request request, long now) {
    int reserve = GrowthReserve.blocks(table.running(), request, session);
    if (!(session.memory().admit(request, reserve) instanceof Allocation.Granted granted)) {
      return false;
    }
    int shared = granted.sharedBlocks();
    table.toRunning(request);
    request.admit(session.slots().acquire(), shared, shared * session.memory().blockTokens(), now);
    session.swapper().restore(request, shared, now);
    events.onAdmitted(request, now);
    return true;
  }
}
