package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.TierSpec;

/**
 * Counts and times what one direction of one link does. What follows from it for plans is made of
 * copy results, by the scheduler's {@link io.kvasir.kvpool.swap.CostModel}. Thread-safe.
 */
public final class LinkMeter {
  private final TierSpec spec;
  private final int tier;
  private final LinkDirection direction;
  private int runningBlocks;
  private long jobs;
  private long refusedJobs;
  private long calls;
  private long blocks;
  private long bytes;
  private long runs;
  private long misses;
  private long failures;
  private long cancelled;
  private long busyNanos;

  /**
   * @param spec of the tier
   * @param tier its number
   * @param direction which way
   */
  public LinkMeter(TierSpec spec, int tier, LinkDirection direction) {
    this.spec = spec;
    this.tier = tier;
    this.direction = direction;
  }

  /** A store call begins. */
  public synchronized void callBegins(int blocks) {
    runningBlocks += blocks;
  }

  /**
   * A store call ended.
   *
   * @param blocks it was asked to move
   * @param missed of those
   * @param failed of those
   * @param bytes it moved
   * @param runs contiguous pieces it was asked to move
   * @param nanos it took
   */
  public synchronized void callEnded(
      int blocks, int missed, int failed, long bytes, int runs, long nanos) {
    runningBlocks -= blocks;
    calls++;
    this.blocks += blocks - missed - failed;
    this.bytes += bytes;
    this.runs += runs;
    misses += missed;
    failures += failed;
    busyNanos += nanos;
  }

  /** A job is over, of which so many blocks never began. */
  public synchronized void jobEnded(int cancelledBlocks) {
    jobs++;
    cancelled += cancelledBlocks;
  }

  /** A job found no room. */
  public synchronized void jobRefused(int blocks) {
    refusedJobs++;
    jobEnded(blocks);
  }

  /** All of it at one moment. */
  public synchronized LinkStats snapshot(int queuedBlocks) {
    return new LinkStats(
        tier,
        spec.name(),
        direction,
        spec.emulated(),
        queuedBlocks,
        runningBlocks,
        jobs,
        refusedJobs,
        calls,
        blocks,
        bytes,
        runs,
        misses,
        failures,
        cancelled,
        busyNanos);
  }
}
