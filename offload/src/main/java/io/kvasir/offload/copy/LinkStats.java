package io.kvasir.offload.copy;

/**
 * What one direction of one link has done, at one moment. Counters run from the engine's start.
 *
 * @param tier number of the tier
 * @param name of the tier
 * @param direction which way
 * @param emulated whether a stand-in plays the device
 * @param queuedBlocks blocks that wait
 * @param runningBlocks blocks in store calls under way
 * @param jobs jobs over; a move counts where it is read
 * @param refusedJobs of those, jobs for which the queue had no room
 * @param calls store calls
 * @param blocks blocks that were moved
 * @param bytes bytes that were moved, as the tier counts them
 * @param runs contiguous pieces those calls were made of
 * @param misses blocks that were not, or not verifiably, what was asked for
 * @param failures blocks that failed
 * @param cancelled blocks that never began, those of refused jobs included
 * @param busyNanos time in store calls, summed over threads, nanoseconds
 */
public record LinkStats(
    int tier,
    String name,
    LinkDirection direction,
    boolean emulated,
    int queuedBlocks,
    int runningBlocks,
    long jobs,
    long refusedJobs,
    long calls,
    long blocks,
    long bytes,
    long runs,
    long misses,
    long failures,
    long cancelled,
    long busyNanos) {

  /** Blocks per run over all calls; 0 before the first. */
  public double meanRunBlocks() {
    return runs == 0 ? 0 : (double) (blocks + misses + failures) / runs;
  }
}
