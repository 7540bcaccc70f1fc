package io.kvasir.kvpool.tier;

/** What became of one block of a copy. */
public enum CopyOutcome {
  /** The destination holds the block; of a PROBE: the server does. */
  DONE,
  /** The source is not, or not verifiably, the block that was asked for; it is worth nothing. */
  MISS,
  /** An I/O error, a full or a dead device; the source may still be good. */
  FAILED,
  /** Cancelled before it began; the destination is unchanged. */
  CANCELLED
}
