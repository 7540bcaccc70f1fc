package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;

/**
 * What was copied since the worker connected. A move counts for the tier it reads. Confined to the
 * scheduler loop.
 */
public final class ResidencyTotals {
  private final List<EnumMap<CopyKind, CopyTotals>> tiers = new ArrayList<>();
  private long swapOutStored;
  private long swapOutReused;

  ResidencyTotals(int tierCount) {
    for (int t = 0; t < tierCount; t++) {
      EnumMap<CopyKind, CopyTotals> kinds = new EnumMap<>(CopyKind.class);
      for (CopyKind kind : CopyKind.values()) {
        kinds.put(kind, new CopyTotals());
      }
      tiers.add(kinds);
    }
  }

  /** The copies of one kind at one tier. */
  public CopyTotals of(int tier, CopyKind kind) {
    return Objects.requireNonNull(tiers.get(tier).get(kind));
  }

  /** Blocks of swapped-out requests that had to be stored. */
  public long swapOutStored() {
    return swapOutStored;
  }

  /** Blocks of swapped-out requests that a tier held already. */
  public long swapOutReused() {
    return swapOutReused;
  }

  void countSwapOut(int stored, int reused) {
    swapOutStored += stored;
    swapOutReused += reused;
  }

  void count(CopyJob job, CopyResult result) {
    of(job.tier(), job.kind()).count(result);
  }
}
