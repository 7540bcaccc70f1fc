package io.kvasir.offload.copy;

import io.kvasir.kvpool.swap.LinkFit;
import io.kvasir.kvpool.tier.TierSpec;

/**
 * Counts and times what one direction of one link does. Its bandwidth and its cost per run are
 * measured from every store call that moved all its blocks (see {@link LinkFit}); others say
 * nothing about the link. Thread-safe; with several threads on a link a call's time includes what
 * the others take of it, so the measured bandwidth is that of one thread among them.
 */
public final class LinkMeter {
  private final TierSpec spec;
  private final int tier;
  private final LinkDirection direction;
  private final LinkFit fit;
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
  private long measuredCalls;

  /**
   * @param spec of the tier; its bandwidth is believed until something was measured
   * @param tier its number
   * @param direction which way
   * @param memoryCalls time constant of forgetting, store calls
   */
  public LinkMeter(TierSpec spec, int tier, LinkDirection direction, int memoryCalls) {
    this.spec = spec;
    this.tier = tier;
    this.direction = direction;
    long believed =
        direction == LinkDirection.READ ? spec.readBytesPerSecond() : spec.writeBytesPerSecond();
    fit = new LinkFit(believed, memoryCalls);
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
    if (missed == 0 && failed == 0) {
      measuredCalls++;
      fit.observe(runs, bytes, nanos);
    }
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
        busyNanos,
        measuredCalls,
        fit.fixedNanos(),
        fit.bytesPerSecond());
  }
}
