package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.TierTable;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.scheduler.plan.Preemptor;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.session.Sessions;
import java.util.List;

/** What reaches the tiers of the connected worker from outside. Confined to the scheduler loop. */
final class WorkerTierControl {
  private WorkerTierControl() {}

  /**
   * Applies the result of a copy.
   *
   * @throws WorkerProtocolException if it answers no copy in flight; nothing was applied
   */
  static void applyCopy(WorkerSession session, CopyResult result) {
    try {
      session.restorer().apply(result);
    } catch (IllegalArgumentException e) {
      throw new WorkerProtocolException(String.valueOf(e.getMessage()));
    }
  }

  /** Lets go of loads that take too long; their tokens are computed. */
  static void preemptOverdue(WorkerSession session, Preemptor preemptor, long now) {
    if (session.restorer().underWay() == 0) {
      return;
    }
    for (Request request : session.restorer().overdue(now)) {
      request.swap().losePatience();
      preemptor.preempt(request, now);
    }
  }

  /** Whether copies or plans are under way, and a tier outlives the process. */
  static boolean isKeeping(WorkerSession session) {
    Residency residency = session.memory().pool().residency();
    boolean persistent = false;
    for (int t = 0; t < residency.tierCount(); t++) {
      persistent |= residency.tier(t).spec().persistent();
    }
    return persistent && (residency.jobsInFlight() > 0 || session.inFlight().count() > 0);
  }

  /** Takes over what the tiers held when the worker connected; returns how much is of use. */
  static int takeInventory(WorkerSession session, List<StoredBlock> blocks) {
    Residency residency = session.memory().pool().residency();
    int taken = 0;
    for (StoredBlock block : blocks) {
      taken += residency.restore(block) ? 1 : 0;
    }
    return taken;
  }

  /**
   * Lowers or raises how many blocks a tier may hold; what exceeds that is given up as pins and
   * copies end.
   *
   * @return whether there is such a tier
   * @throws IllegalArgumentException if the tier has not so many slots
   */
  static boolean setLimit(WorkerSession session, Sessions sessions, String tierName, int blocks) {
    Residency residency = session.memory().pool().residency();
    for (int t = 0; t < residency.tierCount(); t++) {
      TierTable tier = residency.tier(t);
      if (tier.spec().name().equals(tierName)) {
        tier.setLimit(blocks);
        sessions.trim();
        return true;
      }
    }
    return false;
  }
}
