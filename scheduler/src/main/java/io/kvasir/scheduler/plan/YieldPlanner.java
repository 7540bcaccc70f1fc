package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import org.jspecify.annotations.Nullable;

/**
 * Lets running requests give way to the head of the queue, where the policy wants that: at the cap
 * on running requests, and when the head found no room in the step before. The head is admitted at
 * once if the victims' blocks are free at once; if they go to a tier, when they have arrived there.
 * Then the next head is looked at.
 *
 * <p>Nobody is thrown out again and again before it gets anything done; see {@link
 * io.kvasir.scheduler.request.RequestPlace#mayGiveWay}. Victims are looked for among the last
 * {@value #LOOKED_AT} in the order, see {@link VictimChoice}. They are not in the draft yet,
 * because this comes first. Confined to the scheduler loop.
 */
final class YieldPlanner {
  private static final int LOOKED_AT = 64;

  private final WorkerSession session;
  private final Preemptor preemptor;
  private final AdmissionPlanner admissions;

  YieldPlanner(WorkerSession session, Preemptor preemptor, AdmissionPlanner admissions) {
    this.session = session;
    this.preemptor = preemptor;
    this.admissions = admissions;
  }

  void plan(StepDraft draft, long now) {
    boolean admitted = true;
    while (admitted) {
      Request head = admissions.head(now);
      admitted =
          head != null && lacks(head) && admissions.ready(head, now) && serve(head, draft, now);
    }
  }

  /** Whether the head lacks a slot, or found no blocks when it was tried last. */
  boolean lacks(Request head) {
    return !anySlot() || admissions.refused() == head;
  }

  private boolean anySlot() {
    return session.slots().freeCount() + session.slots().retiredCount() > 0;
  }

  private boolean serve(Request head, StepDraft draft, long now) {
    boolean preempted = false;
    for (Request victim = victim(head, now); victim != null; victim = victim(head, now)) {
      if (anySlot()) {
        if (admit(head, draft, now)) {
          return true;
        }
        if (preemptor.comesSoon(session.memory().pool(), now)) {
          return false;
        }
        // Only now it is known what it lacks: before, it may have been what another one did.
        victim = victim(head, now);
        if (victim == null) {
          return false;
        }
      }
      victim.place().giveWay(victim.completionTokens());
      preemptor.choose(victim, draft, now);
      preempted = true;
    }
    return preempted && admit(head, draft, now);
  }

  private boolean admit(Request head, StepDraft draft, long now) {
    draft.release(session.slots().takeRetired());
    return admissions.admit(head, now);
  }

  private @Nullable Request victim(Request head, long now) {
    int missing = anySlot() ? admissions.missingBlocks() : 0;
    return preemptor.victimFor(head, missing, LOOKED_AT, now);
  }
}
