package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.Allocation;
import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestTable;
import org.jspecify.annotations.Nullable;

/**
 * Admits waiting and preempted requests in policy order, orders what the tiers hold of them, and
 * plans their first chunk. A request is admitted only with blocks for all its known tokens and the
 * next one, and only if a growth reserve stays: what is admitted is not thrown out by its own next
 * chunk. Computing is chunked, allocating is not.
 *
 * <p>While the head finds no room, the next one may pass it, if neither has ever run, and only as
 * often as the policy says; see {@link SchedulingPolicy}. Who is the head says the policy, but for
 * tenants above their {@link HeadChoice}, and for who waits too long to be resumed ({@link
 * ResumeGuard}). Confined to the scheduler loop.
 */
final class AdmissionPlanner {
  private final RequestTable table;
  private final WorkerSession session;
  private final SchedulingPolicy policy;
  private final ServiceAccounts accounts;
  private final PlanEvents events;
  private final HeadChoice heads;
  private final ResumeGuard guard;
  private @Nullable Request refused;
  private int missingBlocks;

  AdmissionPlanner(
      RequestTable table,
      WorkerSession session,
      SchedulingPolicy policy,
      ServiceAccounts accounts,
      ResumeGuard guard,
      PlanEvents events) {
    this.table = table;
    this.session = session;
    this.policy = policy;
    this.accounts = accounts;
    this.guard = guard;
    this.events = events;
    this.heads = new HeadChoice(table.running(), table.waiting(), session);
  }

  /** Admissions of a step begin: nobody was refused. */
  void begin() {
    refused = null;
  }

  /**
   * Admits up to a group.
   *
   * @return whether those of later groups may be admitted in this step; not if the head was not
   */
  boolean plan(StepDraft draft, StepBudget budget, int lastGroup, long now) {
    while (budget.hasPromptTokens() && session.slots().freeCount() > 0) {
      Request head = head(now);
      if (head != null && policy.group(head) > lastGroup) {
        return true;
      }
      if (head == null || !budget.hasRoomFor(head) || !ready(head, now)) {
        return false;
      }
      Request admitted = admit(head, now) ? head : passer(head, now);
      if (admitted == null) {
        return false;
      }
      budget.admitted(admitted);
      if (admitted.tokensBehind() > 0) {
        PrefillPlanner.planChunk(admitted, draft, budget);
      }
    }
    return false;
  }

  /** Loads ahead for the next two, which found no room in this step. */
  void prefetch(long now) {
    Request head = session.prefetcher().possible() ? head(now) : null;
    if (head != null) {
      session.prefetcher().look(head, true, reserve(head));
      Request next = table.waiting().runnerUp(now);
      if (next != null && next != head) {
        session.prefetcher().look(next, false, reserve(next));
      }
    }
  }

  private int reserve(Request candidate) {
    return GrowthReserve.blocks(table.running(), candidate, session);
  }

  /** Who is to be admitted next; null if nobody waits. */
  @Nullable Request head(long now) {
    Request due = guard.due(now);
    return due != null ? due : heads.next(now);
  }

  /** The head that found no room when admissions were planned last; null if it was not so. */
  @Nullable Request refused() {
    return refused;
  }

  /** Blocks that the request refused last lacked. */
  int missingBlocks() {
    return missingBlocks;
  }

  /**
   * Whether a request can be admitted at all. A preempted one with a sample in flight would be sent
   * without its newest token; what is still on its way to a tier would be computed again, and what
   * a shared server may hold, in vain.
   */
  boolean ready(Request head, long now) {
    return head.samplesInFlight() == 0
        && !session.swapper().isLeaving(head, now)
        && !session.prober().holdsBack(head, now);
  }

  /** Gives the head blocks and a free slot; false if there is no room. */
  boolean admit(Request request, long now) {
    Allocation allocation = session.memory().admit(request, reserve(request));
    if (allocation instanceof Allocation.Insufficient shortage) {
      missingBlocks = shortage.missingBlocks();
    }
    if (!(allocation instanceof Allocation.Granted granted)) {
      refused = request;
      return false;
    }
    guard.admits(request, now);
    int shared = granted.sharedBlocks();
    table.toRunning(request);
    request.admit(session.slots().acquire(), shared, shared * session.memory().blockTokens(), now);
    accounts.admitted(request);
    session.prefetcher().admitted(request, shared);
    session.restorer().begin(request, shared, now);
    events.onAdmitted(request, now);
    return true;
  }

  /** Who was admitted before the head; null if nobody may or can be. */
  private @Nullable Request passer(Request head, long now) {
    if (head.admissions() > 0 || head.place().passed() >= policy.passes()) {
      return null;
    }
    Request next = table.waiting().runnerUp(now);
    boolean passes =
        next != null && next.admissions() == 0 && !heads.stepsAside(next) && admit(next, now);
    refused = head;
    if (!passes) {
      return null;
    }
    head.place().pass();
    return next;
  }
}
