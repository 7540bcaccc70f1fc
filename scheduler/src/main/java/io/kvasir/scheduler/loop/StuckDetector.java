package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.request.RequestTable;
import org.jspecify.annotations.Nullable;

/**
 * Notices when nothing moves although a worker is present: requests are in the system and nothing
 * is in flight, or the oldest plan is not answered, for longer than a bound. Confined to the
 * scheduler loop.
 */
final class StuckDetector {
  private final long boundNanos;
  private boolean still;
  private long sinceNanos;
  private long lastMoves;
  private String problem = "";

  StuckDetector(long boundNanos) {
    this.boundNanos = boundNanos;
  }

  /**
   * Looks, after planning.
   *
   * @return true if it is stuck now and was not before
   */
  boolean observe(RequestTable table, @Nullable WorkerSession session, long now) {
    boolean somethingToDo = session != null && (table.size() > 0 || session.inFlight().count() > 0);
    boolean moved = session != null && moves(session) != lastMoves;
    boolean wasStill = still;
    still = somethingToDo && !moved;
    lastMoves = session == null ? 0 : moves(session);
    if (!still || !wasStill) {
      sinceNanos = now;
    }
    boolean wasStuck = stuck();
    problem = still && now - sinceNanos >= boundNanos ? describe(table, session) : "";
    return stuck() && !wasStuck;
  }

  /** Steps and copies that ended. */
  private static long moves(WorkerSession session) {
    return session.appliedSteps() + session.restorer().observedCopies();
  }

  boolean stuck() {
    return !problem.isEmpty();
  }

  /** Empty, or what does not move. */
  String problem() {
    return problem;
  }

  /** When to look again at the latest, nanoseconds. */
  long nextLookNanos() {
    return still && !stuck() ? sinceNanos + boundNanos : Long.MAX_VALUE;
  }

  private static String describe(RequestTable table, @Nullable WorkerSession session) {
    int inFlight = session == null ? 0 : session.inFlight().count();
    return "stuck: %d plans in flight, %d requests running, %d waiting, and no step ends"
        .formatted(inFlight, table.running().size(), table.waiting().size());
  }
}
