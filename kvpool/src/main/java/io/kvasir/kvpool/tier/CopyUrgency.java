package io.kvasir.kvpool.tier;

/** Which of the copies that wait for one link goes first; the most urgent is declared first. */
public enum CopyUrgency {
  /** A request waits for these bytes. */
  RESTORE,
  /** Another request waits for the blocks that this swap-out gives free. */
  SWAP_OUT,
  /** Bytes that will be wanted soon. */
  PREFETCH,
  /** Nobody waits. */
  BACKGROUND
}
