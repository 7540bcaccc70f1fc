package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.KvPool;
import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestTable;
import org.jspecify.annotations.Nullable;

/**
 * Makes room for a running request's next token by preempting one behind it in policy order, which
 * {@link VictimChoice} names. A victim's KV goes to the tiers or is computed again, whichever costs
 * less; it keeps its tokens and its place in the order. Blocks of a swapped victim are free when
 * their copies were observed: until then nobody else is preempted for them, and who needs them sits
 * a step out. One behind which nobody may be preempted loses its own. The first in policy order is
 * never preempted while another runs that is not settled ({@link ResumeGuard}), and settled ones
 * never grow: so there is always one that progresses. Confined to the scheduler loop.
 */
public final class Preemptor {
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final RequestTable table;
  private final WorkerSession session;
  private final PlanEvents events;
  private final ResumeGuard guard;
  private final VictimChoice victims;
  private long waitingSinceNanos = NOT_WAITING;
  private long copiesBefore;

  /**
   * Preempts requests of a worker.
   *
   * @param policy says who may be preempted in place of whom
   * @param guard hears of those that are chosen
   */
  public Preemptor(
      RequestTable table,
      WorkerSession session,
      SchedulingPolicy policy,
      ResumeGuard guard,
      PlanEvents events) {
    this.table = table;
    this.session = session;
    this.events = events;
    this.guard = guard;
    this.victims = new VictimChoice(table.running(), session, policy);
  }

  /**
   * Makes the request's blocks hold its next token.
   *
   * @param at its place in policy order
   * @return false if it cannot be planned now: the blocks it needs are still being copied, or it is
   *     itself preempted
   */
  boolean makeRoom(Request request, int at, StepDraft draft, long now) {
    while (!session.memory().grow(request, request.plannedTokens() + 1)) {
      KvPool pool = session.memory().pool();
      RequestQueue running = table.running();
      boolean alone = running.size() == 1;
      if (comesSoon(pool, now) || (alone && pool.inFlightBlocks() > 0)) {
        return false;
      }
      if (alone) {
        // Admission refuses what exceeds the pool, so blocks must have leaked.
        throw new IllegalStateException("has the pool alone and runs out of blocks: " + request);
      }
      Request victim = victims.forGrowth(at, now);
      choose(victim == null ? request : victim, draft, now);
      if (victim == null) {
        return false;
      }
    }
    return true;
  }

  /** Who gives way to the head of the queue; see {@link VictimChoice#forHead}. */
  @Nullable Request victimFor(Request head, int missing, int lookedAt, long now) {
    return victims.forHead(head, missing, lookedAt, now);
  }

  /** Preempts a request because others need its place. */
  void choose(Request victim, StepDraft draft, long now) {
    guard.chosen(victim);
    preempt(victim, now);
    draft.countPreemption();
  }

  /**
   * Whether blocks are being copied that somebody gave up, and some copy has ended lately: within
   * the patience since somebody began to wait for blocks, or since the last copy ended.
   */
  boolean comesSoon(KvPool pool, long now) {
    if (pool.residency().comingBlocks() == 0) {
      waitingSinceNanos = NOT_WAITING;
      return false;
    }
    long copies = session.restorer().observedCopies();
    if (waitingSinceNanos == NOT_WAITING || copies != copiesBefore) {
      waitingSinceNanos = now;
      copiesBefore = copies;
    }
    return now - waitingSinceNanos < session.swapper().patienceNanos();
  }

  /** Preempts the running requests that are in no plan yet: their slots may not be free at all. */
  public void preemptStrangers(long now) {
    RequestQueue running = table.running();
    for (int i = running.size() - 1; i >= 0; i--) {
      if (!running.get(i).introduced()) {
        preempt(running.get(i), now);
      }
    }
  }

  /** Takes a running request's blocks and slot; it waits at its place to be admitted again. */
  public void preempt(Request victim, long now) {
    table.toWaiting(victim, now);
    SwapDecision decision = session.swapper().swapOut(victim);
    session.memory().releaseBlocks(victim);
    session.slots().retire(victim.slot());
    victim.preempt(now);
    events.onPreempted(victim, decision, now);
  }
}
