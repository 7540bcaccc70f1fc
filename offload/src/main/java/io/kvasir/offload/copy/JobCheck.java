package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/** Refuses jobs that name what does not exist. */
final class JobCheck {
  private final List<TierSpec> tiers;
  private final int blockCount;
  private final int blockTokens;

  JobCheck(List<TierSpec> tiers, int blockCount, int blockTokens) {
    this.tiers = tiers;
    this.blockCount = blockCount;
    this.blockTokens = blockTokens;
  }

  /**
   * Looks at every number.
   *
   * @throws IllegalArgumentException naming the field, its value and its bounds
   */
  void check(CopyJob job) {
    require(job, "tier", job.tier(), 0, tiers.size() - 1);
    requireAll(job, "slots", job.slots(), 0, tiers.get(job.tier()).slotCount() - 1);
    requireAll(job, "blocks", job.blocks(), 0, blockCount - 1);
    requireAll(job, "tokens", job.tokens(), 1, blockTokens);
    if (job.toSlots().length > 0) {
      require(job, "toTier", job.toTier(), 0, tiers.size() - 1);
      requireAll(job, "toSlots", job.toSlots(), 0, tiers.get(job.toTier()).slotCount() - 1);
    }
  }

  private static void requireAll(CopyJob job, String field, int[] values, int least, int most) {
    for (int value : values) {
      require(job, field, value, least, most);
    }
  }

  private static void require(CopyJob job, String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "copy job %d: %s must be %d to %d, is %d"
              .formatted(job.jobId(), field, least, most, value));
    }
  }
}
