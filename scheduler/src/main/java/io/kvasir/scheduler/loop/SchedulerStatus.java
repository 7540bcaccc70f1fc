package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.policy.TenantService;
import io.kvasir.scheduler.session.SessionStatus;
import java.util.List;

/**
 * The state of the scheduler at one moment between two steps. Immutable.
 *
 * @param healthy whether requests are served
 * @param health {@code serving}, or why not
 * @param workerId name of the connected worker; empty: none
 * @param runningRequests requests with blocks
 * @param waitingRequests requests without blocks, preempted ones included
 * @param preemptedRequests of the waiting ones, those that ran before
 * @param blocks blocks of the pool by state; all 0 without a worker
 * @param steps steps applied since the worker connected
 * @param stepTimes how long steps take, as learned
 * @param totals counts since the start
 * @param swaps decisions about KV in the tiers
 * @param tiers the tiers of the connected worker, fastest first
 * @param tenants what tenants were given, those at work first; at most {@link #MAX_TENANTS}
 * @param sessions what is done for sessions between their turns
 */
public record SchedulerStatus(
    boolean healthy,
    String health,
    String workerId,
    int runningRequests,
    int waitingRequests,
    int preemptedRequests,
    BlockCounts blocks,
    long steps,
    StepTimeStatus stepTimes,
    Totals totals,
    SwapStatus swaps,
    List<TierStatus> tiers,
    List<TenantService> tenants,
    SessionStatus sessions) {

  /** Most tenants that are listed. */
  public static final int MAX_TENANTS = 256;

  /** Text of a healthy scheduler. */
  public static final String SERVING = "serving";

  /** Blocks of no worker. */
  public static final BlockCounts NO_BLOCKS = new BlockCounts(0, 0, 0, 0, 0);

  /** What is known before the first worker connected. */
  public static final SchedulerStatus NO_WORKER =
      new SchedulerStatus(
          false,
          "no worker connected yet",
          "",
          0,
          0,
          0,
          NO_BLOCKS,
          0,
          StepTimeStatus.NONE,
          new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0),
          SwapStatus.NONE,
          List.of(),
          List.of(),
          SessionStatus.NONE);

  /**
   * Blocks by state; free + owned + cached + inFlight == total.
   *
   * @param free holding nothing
   * @param owned referenced by at least one request
   * @param cached unreferenced but matchable
   * @param inFlight with a copy in flight
   * @param total all
   */
  public record BlockCounts(int free, int owned, int cached, int inFlight, int total) {}

  /**
   * Counts since the start; tokens unless named otherwise.
   *
   * @param finishedRequests requests that ended, for whatever reason
   * @param preemptions preemptions of requests
   * @param promptTokens prompt tokens of requests that were scheduled
   * @param generationTokens tokens generated
   * @param prefixQueryTokens prompt tokens looked up in the cache, at first admissions
   * @param prefixHitTokens of these, found
   * @param recomputedTokens tokens computed again after a preemption or a lost worker
   * @param resumeBoundExceeded preemptions and admissions against the bound on resumption, see
   *     {@link io.kvasir.scheduler.plan.ResumeGuard}; always 0
   * @param longestResumeNanos the longest that a request that had lost its blocks waited to be
   *     admitted again, nanoseconds
   */
  public record Totals(
      long finishedRequests,
      long preemptions,
      long promptTokens,
      long generationTokens,
      long prefixQueryTokens,
      long prefixHitTokens,
      long recomputedTokens,
      long resumeBoundExceeded,
      long longestResumeNanos) {}
}
