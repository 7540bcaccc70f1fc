package io.kvasir.scheduler.plan;

/** What was decided for one victim of a preemption, and why. */
public enum SwapDecision {
  /** Its KV goes to a tier: that costs less than computing it again, or the mode says so. */
  SWAP,
  /** Computed again: the mode says so, or there are no tiers. */
  RECOMPUTE_BY_MODE,
  /** Computed again: no tier has room. */
  RECOMPUTE_NO_ROOM,
  /** Computed again: that costs less than moving it out and in. */
  RECOMPUTE_CHEAPER,
  /** Computed again: loads of its KV took too long. */
  RECOMPUTE_OVERDUE,
  /** Nothing was computed yet, so there is nothing to keep. */
  NOTHING_TO_KEEP;

  /** Whether the KV is kept. */
  public boolean swaps() {
    return this == SWAP;
  }
}
