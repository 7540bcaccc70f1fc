package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.KvPool;
import io.kvasir.scheduler.plan.ResumeGuard;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestQueue;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.scheduler.session.Sessions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes the scheduler's state, to other threads and to the log. Confined to the scheduler loop.
 */
final class StatusReport {
  private final RequestTable table;
  private final ServiceAccounts accounts;
  private final Sessions sessions;
  private final SchedulerTotals totals;
  private final ResumeGuard guard;
  private final StuckDetector stuck;

  StatusReport(
      RequestTable table,
      ServiceAccounts accounts,
      Sessions sessions,
      SchedulerTotals totals,
      ResumeGuard guard,
      StuckDetector stuck) {
    this.table = table;
    this.accounts = accounts;
    this.sessions = sessions;
    this.totals = totals;
    this.guard = guard;
    this.stuck = stuck;
  }

  /**
   * The state as of now.
   *
   * @param session null without a worker
   * @param problem why nothing is served; empty: find out
   */
  SchedulerStatus status(@Nullable WorkerSession session, String problem) {
    String health = problem;
    if (health.isEmpty()) {
      health = session == null ? "no worker connected" : stuck.problem();
    }
    return new SchedulerStatus(
        health.isEmpty(),
        health.isEmpty() ? SchedulerStatus.SERVING : health,
        session == null ? "" : session.info().workerId(),
        table.running().size(),
        table.waiting().size(),
        accounts.preemptedRequests(),
        session == null ? SchedulerStatus.NO_BLOCKS : blockCounts(session.memory().pool()),
        session == null ? 0 : session.appliedSteps(),
        session == null ? StepTimeStatus.NONE : StepTimeStatus.of(session.stepTimes()),
        totals.snapshot(guard.exceeded(), guard.longestWaitNanos()),
        session == null ? SwapStatus.NONE : SwapStatus.of(session),
        session == null ? List.of() : TierStatus.of(session),
        accounts.snapshot(SchedulerStatus.MAX_TENANTS),
        sessions.status());
  }

  /** Everything worth reading when something is wrong. */
  String dump(@Nullable WorkerSession session, List<String> violations) {
    StringBuilder dump = new StringBuilder();
    dump.append(status(session, "")).append("\nviolations: ").append(violations);
    for (int i = 0; session != null && i < session.inFlight().count(); i++) {
      dump.append("\nin flight: step ").append(session.inFlight().get(i).stepId());
    }
    for (Request request : table.all()) {
      dump.append('\n').append(request);
    }
    return dump.toString();
  }

  /** Time to compute one more prompt token, as measured; NaN: unknown. */
  double nanosPerToken(@Nullable WorkerSession session) {
    return session == null ? Double.NaN : session.swapper().costs().computeNanosPerToken();
  }

  /** Tokens that running requests are behind; those that only decode are not. */
  long tokensBehind() {
    RequestQueue running = table.running();
    long behind = 0;
    for (int i = 0; i < running.size(); i++) {
      behind += Math.max(0, running.get(i).tokensBehind() - 1);
    }
    return behind;
  }

  private static SchedulerStatus.BlockCounts blockCounts(KvPool pool) {
    return new SchedulerStatus.BlockCounts(
        pool.freeBlocks(),
        pool.ownedBlocks(),
        pool.cachedBlocks(),
        pool.inFlightBlocks(),
        pool.totalBlocks());
  }
}
