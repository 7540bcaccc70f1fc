package io.kvasir.offload.copy;

/** What goes over a link between host memory and a tier. All run at once. */
public enum LinkDirection {
  /** Out of the tier: loads, and the first half of a move. */
  READ,
  /** Into the tier: stores, and the second half of a move. */
  WRITE,
  /** Questions to a shared server, which move no blocks. */
  ASK
}
