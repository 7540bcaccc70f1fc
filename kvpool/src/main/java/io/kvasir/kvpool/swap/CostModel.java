package io.kvasir.kvpool.swap;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/**
 * What it costs to compute a token, and to move blocks to or from each tier, from what was
 * measured: a moving average of computing, and for each direction of each link a fit of bandwidth
 * and price per run ({@link LinkFit}). Copies start from the bandwidths that the worker stated;
 * computing is unknown until the first step large enough to tell was measured.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction.
 */
public final class CostModel {
  /** Steps with fewer tokens say more about decoding than about computing a prompt. */
  public static final int MIN_STEP_TOKENS = 32;

  private static final double WEIGHT = 0.1;

  private final LinkCost[] reads;
  private final LinkCost[] writes;
  private double computeNanosPerToken = Double.NaN;
  private int computing = 1;
  private double share = 1;

  /**
   * @param blockBytes bytes of a block
   * @param tiers what the worker says of its tiers
   */
  public CostModel(long blockBytes, List<TierSpec> tiers) {
    reads = new LinkCost[tiers.size()];
    writes = new LinkCost[tiers.size()];
    for (int t = 0; t < tiers.size(); t++) {
      reads[t] = new LinkCost(blockBytes, tiers.get(t).readBytesPerSecond());
      writes[t] = new LinkCost(blockBytes, tiers.get(t).writeBytesPerSecond());
    }
  }

  /** A step took so long. Small ones, and those without a time, are left out. */
  public void onStep(int tokens, long nanos) {
    if (tokens >= MIN_STEP_TOKENS && nanos > 0) {
      double perToken = (double) nanos / tokens;
      computeNanosPerToken =
          Double.isNaN(computeNanosPerToken) ? perToken : mix(computeNanosPerToken, perToken);
    }
  }

  /**
   * How many requests share the device from now on. What one of them computes makes all of them
   * wait, what is moved for it makes only itself wait.
   */
  public void computing(int requests) {
    if (requests != computing) {
      computing = requests;
      share = Math.sqrt(Math.max(1, requests));
    }
  }

  /** Whether nobody waits for what a request computes but itself. */
  public boolean alone() {
    return computing <= 1;
  }

  /** A copy took so long. Those that lost blocks, or moved none, are left out. */
  public void onCopy(CopyJob job, CopyResult result) {
    switch (job.kind()) {
      case LOAD -> reads[job.tier()].observe(result);
      case STORE -> writes[job.tier()].observe(result);
      case MOVE -> {
        // Reading and writing overlap; which of the two it was is not known.
      }
      case PROBE -> {
        // Nothing is copied.
      }
    }
  }

  /** What a copy took per block, nanoseconds; 0 if it moved nothing. */
  public static double nanosPerBlock(CopyResult result) {
    int begun = 0;
    for (CopyOutcome outcome : result.outcomes()) {
      begun += outcome == CopyOutcome.CANCELLED ? 0 : 1;
    }
    return result.bytes() == 0 || begun == 0 ? 0 : (double) result.copyNanos() / begun;
  }

  /** Nanoseconds to compute one more prompt token; NaN while unknown. */
  public double computeNanosPerToken() {
    return computeNanosPerToken;
  }

  /** Nanoseconds to load one block from a tier, among many. */
  public double readNanosPerBlock(int tier) {
    return reads[tier].nanosPerBlock();
  }

  /** Nanoseconds to store one block in a tier, among many. */
  public double writeNanosPerBlock(int tier) {
    return writes[tier].nanosPerBlock();
  }

  /** Nanoseconds to load so many blocks from a tier with one copy; 0 for none. */
  public double readNanos(int tier, int blocks) {
    return reads[tier].nanos(blocks);
  }

  /** Nanoseconds to store so many blocks in a tier with one copy; 0 for none. */
  public double writeNanos(int tier, int blocks) {
    return writes[tier].nanos(blocks);
  }

  /**
   * Whether moving KV costs no more than computing it again; yes while computing is unknown. The
   * device is weighed by the square root of those who share it: counting them all would be right if
   * the link were never what all of them wait for, counting one if it always were.
   *
   * @param nanos time to move it, nanoseconds
   * @param tokens tokens that would be computed again
   */
  public boolean movingIsCheaper(double nanos, int tokens) {
    return Double.isNaN(computeNanosPerToken) || nanos <= tokens * computeNanosPerToken * share;
  }

  /**
   * Where computing from the front and loading from the end meet if both go on at these speeds
   * (Cake, arXiv 2410.03065), in tokens: {@code from} where only loading is worth it, {@code to}
   * where only computing is.
   *
   * @param from first token that is not computed
   * @param to first token of those whose loads were ordered
   * @param queuedBlocks blocks that are loaded from there before
   * @param nanosPerBlock what loading one takes
   * @param blockTokens tokens of a block
   */
  public double meetingToken(
      int from, int to, int queuedBlocks, double nanosPerBlock, int blockTokens) {
    if (Double.isNaN(computeNanosPerToken) || from >= to) {
      return from;
    }
    double load = nanosPerBlock / blockTokens;
    // x: (x - from) * compute == queued * nanosPerBlock + (to - x) * load.
    double even =
        (from * computeNanosPerToken + to * load + queuedBlocks * nanosPerBlock)
            / (computeNanosPerToken + load);
    return Math.clamp(even, from, to);
  }

  private static double mix(double old, double now) {
    return old + WEIGHT * (now - old);
  }
}
