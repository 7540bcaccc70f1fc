package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestTable;

/**
 * Makes room for a running request's next token by preempting the last running requests in policy
 * order, mode RECOMPUTE. The first in policy order is never preempted while another runs, so it
 * always progresses; a victim keeps its tokens and its place in the order. Confined to the
 * scheduler loop.
 */
public final class Preemptor {
  private final RequestTable table;
  private final WorkerSession session;
  private final PlanEvents events;

  public Preemptor(RequestTable table, WorkerSession session, PlanEvents events) {
    this.table = table;
    this.session = session;
    this.events = events;
  }

  /**
   * Makes the request's blocks hold its next token.
   *
   * @return false if the request was itself the last and is preempted now
   */
  boolean makeRoom(Request request, StepDraft draft) {
    while (!session.memory().grow(request, request.plannedTokens() + 1)) {
      RequestQueue running = table.running();
      if (running.size() == 1) {
        // Admission refuses what exceeds the pool, so blocks must have leaked.
        throw new IllegalStateException("has the pool alone and runs out of blocks: " + request);
      }
      Request victim = running.last();
      preempt(victim);
      draft.countPreemption();
      if (victim == request) {
        return false;
      }
    }
    return true;
  }

  /** Takes a running request's blocks and slot; it waits at its place to be computed again. */
  public void preempt(Request victim) {
    table.toWaiting(victim);
    session.memory().releaseBlocks(victim);
    session.slots().retire(victim.slot());
    victim.preempt();
    events.onPreempted(victim);
  }
}
