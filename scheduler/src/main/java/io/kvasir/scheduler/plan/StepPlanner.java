package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.worker.step.StepPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control flow of one step. Confined to the scheduler loop.
 *
 * <pre>
 *   tiers     1 restores         what was loaded counts; the next loads are ordered
 *   order     2 ranks            of the running requests, as the policy sees them now
 *             3 giving way       running requests give their place to the head, if the policy says so
 *   running   4 decodes          one token each; blocks run out → preempt one behind, by benefit over cost
 *   slots     5 of what ended or was preempted: the worker forgets them, they may be used again
 *   waiting   6 probes           a shared server is asked what it holds of the next two
 *   prompts   7 prefill chunks   of running requests, with the tokens and the time that are left
 *             8 admissions       prefix match → blocks → loads from the tiers → first chunk; not in a
 *                                step that preempted
 *             7 and 8 for the policy's first group, then for the others, which fill half a step
 *   waiting   9 prefetches       loads for the next two, where blocks are to spare
 *   tiers    10 demotions        cached blocks are copied down while nobody waits for the link
 * </pre>
 *
 * <p>A step may be planned while the one before it runs. Then the newest token of most requests is
 * not known yet; that there will be one is enough to plan. The result of a step planned for a
 * request that turns out to have ended is ignored.
 */
public final class StepPlanner {
  private final RequestTable table;
  private final SchedulingPolicy policy;
  private final ServiceAccounts accounts;
  private final WorkerSession session;
  private final PlanEvents events;
  private final StepBudget budget;
  private final StepDraft draft;
  private final DecodePlanner decodes;
  private final PrefillPlanner prefills;
  private final AdmissionPlanner admissions;
  private final YieldPlanner yields;
  private final MemoryCharges charges;

  /**
   * @param table who runs and who waits
   * @param session the worker that is planned for
   * @param preemptor takes blocks from running requests
   * @param policy decides who is served
   * @param accounts the tenants' books
   * @param guard sees to it that who was preempted goes on
   * @param events hears of admissions
   */
  public StepPlanner(
      RequestTable table,
      WorkerSession session,
      Preemptor preemptor,
      SchedulingPolicy policy,
      ServiceAccounts accounts,
      ResumeGuard guard,
      PlanEvents events) {
    this.table = table;
    this.policy = policy;
    this.accounts = accounts;
    this.session = session;
    this.events = events;
    this.budget = new StepBudget(session, policy);
    this.draft = new StepDraft(session);
    this.decodes = new DecodePlanner(table, preemptor);
    this.prefills = new PrefillPlanner(table.running(), policy);
    this.admissions = new AdmissionPlanner(table, session, policy, accounts, guard, events);
    this.yields = new YieldPlanner(session, preemptor, admissions);
    this.charges = new MemoryCharges(table.running(), session, accounts);
  }

  /**
   * Plans a step.
   *
   * @return not to be kept longer than until its result is applied, see {@link StepPlan}; null if
   *     enough plans are in flight or there is nothing to tell the worker
   */
  public @Nullable StepPlan plan(long now) {
    if (!session.mayPlan(now)) {
      return null;
    }
    budget.begin(table.running(), now);
    draft.begin(now);
    session.swapper().stepBegins();
    session.swapper().costs().computing(table.running().size() - session.restorer().underWay());
    if (session.restorer().underWay() > 0) {
      session.restorer().advance(events, now);
    }
    accounts.stepBegins(now);
    charges.stepBegins(now);
    policy.stepBegins(
        session.plannedSteps(), now, session.swapper().costs().computeNanosPerToken());
    table.running().rank();
    yields.plan(draft, now);
    Request head = admissions.head(now);
    int first = firstGroup(head);
    budget.fillFor(first);
    boolean comes = head != null && draft.preempted() == 0 && !yields.lacks(head);
    decodes.plan(draft, budget, head, comes, now);
    draft.release(session.slots().takeRetired());
    boolean admits = draft.preempted() == 0;
    if (admits) {
      probe(now);
      admissions.begin();
    }
    prefills.plan(draft, budget, first);
    boolean more = admits && admissions.plan(draft, budget, first, now);
    prefills.plan(draft, budget, Integer.MAX_VALUE);
    if (more) {
      admissions.plan(draft, budget, Integer.MAX_VALUE, now);
    }
    if (admits) {
      admissions.prefetch(now);
    }
    Residency residency = session.memory().pool().residency();
    residency.demote();
    List<CopyJob> orders = residency.takeOrders();
    charges.ordered(orders);
    draft.copy(orders);
    draft.cancel(residency.takeCancelled());
    return draft.isEmpty() ? null : draft.build();
  }

  /** The group that comes first of those that run and the head. */
  private int firstGroup(@Nullable Request head) {
    int group = head == null ? Integer.MAX_VALUE : policy.group(head);
    return table.running().isEmpty()
        ? group
        : Math.min(group, policy.group(table.running().first()));
  }

  /** Looks at the two that are admitted next. */
  private void probe(long now) {
    session.prober().begin();
    Request head = admissions.head(now);
    if (head != null) {
      session.prober().look(head, true, now);
      Request next = table.waiting().runnerUp(now);
      if (next != null && next != head) {
        session.prober().look(next, false, now);
      }
    }
  }
}
