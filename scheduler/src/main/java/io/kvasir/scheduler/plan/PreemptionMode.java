package io.kvasir.scheduler.plan;

/** What becomes of the KV of a request that loses its blocks. */
public enum PreemptionMode {
  /** Swapped where the tiers have room and it costs less than computing it again. */
  AUTO,
  /** Swapped wherever the tiers have room. */
  SWAP,
  /** Always computed again. */
  RECOMPUTE
}
