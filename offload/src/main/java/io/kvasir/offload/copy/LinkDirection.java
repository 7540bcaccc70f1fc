package io.kvasir.offload.copy;

/** One of the two ways of a link between host memory and a tier. Both run at once. */
public enum LinkDirection {
  /** Out of the tier: loads, and the first half of a move. */
  READ,
  /** Into the tier: stores, and the second half of a move. */
  WRITE
}
