package io.kvasir.scheduler.plan;

/**
 * How long requests wait for copies, and how much is ordered at once.
 *
 * @param patienceNanos how long a request waits for a copy to end before it computes what it needs
 * @param probeWaitNanos how long an admission waits for a shared server to say what it holds; 0: it
 *     is not asked
 * @param partBlocks blocks that are loaded, or computed in one step, at a time while a request does
 *     both; at least 1
 * @param keepCopies whether what was loaded for a swapped request stays in its tier, so that the
 *     next swap-out moves only what was computed since
 */
public record CopyLimits(
    long patienceNanos, long probeWaitNanos, int partBlocks, boolean keepCopies) {
  private static final long PART_BYTES = 8 << 20;
  private static final int PART_BLOCKS_MIN = 8;
  private static final int PART_BLOCKS_MAX = 32;

  /** Blocks of that size that are loaded at a time unless configured otherwise. */
  public static int defaultPartBlocks(long blockBytes) {
    return Math.clamp(PART_BYTES / blockBytes, PART_BLOCKS_MIN, PART_BLOCKS_MAX);
  }
}
