package io.kvasir.kvpool.swap;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/**
 * What it costs to compute a token, and to move a block to or from each tier: moving averages of
 * what was measured. Copies start from the bandwidths that the worker stated; computing is unknown
 * until the first step large enough to tell was measured.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction.
 */
public final class CostModel {
  /** Steps with fewer tokens say more about decoding than about computing a prompt. */
  public static final int MIN_STEP_TOKENS = 32;

  private static final double WEIGHT = 0.1;

  private final double[] readNanosPerBlock;
  private final double[] writeNanosPerBlock;
  private double computeNanosPerToken = Double.NaN;

  /**
   * @param blockBytes bytes of a block
   * @param tiers what the worker says of its tiers
   */
  public CostModel(long blockBytes, List<TierSpec> tiers) {
    readNanosPerBlock = new double[tiers.size()];
    writeNanosPerBlock = new double[tiers.size()];
    for (int t = 0; t < tiers.size(); t++) {
      readNanosPerBlock[t] = blockBytes * 1e9 / tiers.get(t).readBytesPerSecond();
      writeNanosPerBlock[t] = blockBytes * 1e9 / tiers.get(t).writeBytesPerSecond();
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

  /** A copy took so long. Those that moved nothing are left out. */
  public void onCopy(CopyJob job, CopyResult result) {
    if (result.bytes() == 0 || result.copyNanos() == 0) {
      return;
    }
    double perBlock = nanosPerBlock(result);
    int t = job.tier();
    switch (job.kind()) {
      case LOAD -> readNanosPerBlock[t] = mix(readNanosPerBlock[t], perBlock);
      case STORE -> writeNanosPerBlock[t] = mix(writeNanosPerBlock[t], perBlock);
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

  /** Nanoseconds to load one block from a tier. */
  public double readNanosPerBlock(int tier) {
    return readNanosPerBlock[tier];
  }

  /** Nanoseconds to store one block in a tier. */
  public double writeNanosPerBlock(int tier) {
    return writeNanosPerBlock[tier];
  }

  /**
   * Whether moving a victim's KV out and in again is cheaper than computing it again.
   *
   * @param tier where to
   * @param dirtyBlocks blocks that have to be stored
   * @param blocks blocks that have to be loaded
   * @param queuedBlocks blocks that wait to be stored there before
   * @param tokens tokens that would be computed again
   */
  public boolean swapIsCheaper(
      int tier, int dirtyBlocks, int blocks, int queuedBlocks, int tokens) {
    double swap =
        (dirtyBlocks + queuedBlocks) * writeNanosPerBlock[tier] + blocks * readNanosPerBlock[tier];
    return Double.isNaN(computeNanosPerToken) || swap <= tokens * computeNanosPerToken;
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
