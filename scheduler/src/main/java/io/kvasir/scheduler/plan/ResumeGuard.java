package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.policy.SchedulingPolicy;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestTable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that who lost its blocks goes on, whatever arrives; see docs/adr/0012-preemption.md.
 *
 * <ul>
 *   <li>A request that was chosen {@link ResumeBound#preemptions} times is settled: it is admitted
 *       with all the blocks that it may ever need, so it takes none from others, and it is not
 *       chosen again.
 *   <li>A request that lost its blocks {@link ResumeBound#waitMillis} ago is due: it is the next to
 *       be admitted, those that lost theirs earlier before it, and nobody passes it.
 * </ul>
 *
 * <p>Where the policy's order is itself the promise ({@link SchedulingPolicy#putsResumesFirst})
 * neither is done. Every breach is counted where it would have its effect, apart from the decisions
 * that must prevent it. Confined to the scheduler loop.
 */
public final class ResumeGuard {
  private final RequestTable table;
  private final boolean guards;
  private final int mostPreemptions;
  private final long waitNanos;
  private long exceeded;
  private long longestWaitNanos;

  /**
   * Guards the requests of a table.
   *
   * @param policy whose order is overruled, if it wants that
   */
  public ResumeGuard(RequestTable table, SchedulingPolicy policy, ResumeBound bound) {
    this.table = table;
    this.guards = policy.putsResumesFirst();
    this.mostPreemptions = guards ? bound.preemptions() : Integer.MAX_VALUE;
    this.waitNanos = TimeUnit.MILLISECONDS.toNanos(bound.waitMillis());
  }

  /** Who is admitted next whatever the policy says; null if nobody has waited so long. */
  @Nullable Request due(long now) {
    Request first = table.resumes().first();
    boolean due = guards && first != null && now - first.place().lostNanos() >= waitNanos;
    return due ? first : null;
  }

  /** A running request is about to lose its blocks because others need them. */
  void chosen(Request victim) {
    exceeded += victim.place().settled() ? 1 : 0;
    victim.place().chosen(mostPreemptions);
  }

  /** A request is about to be admitted. */
  void admits(Request request, long now) {
    Request due = due(now);
    if (due != null && due != request) {
      exceeded++;
    }
    if (request.admissions() > 0) {
      longestWaitNanos = Math.max(longestWaitNanos, now - request.place().lostNanos());
    }
  }

  /** Admissions before a due request, and preemptions of settled ones: always 0. */
  public long exceeded() {
    return exceeded;
  }

  /** The longest time from the loss of its blocks to the admission of any request, nanoseconds. */
  public long longestWaitNanos() {
    return longestWaitNanos;
  }
}
