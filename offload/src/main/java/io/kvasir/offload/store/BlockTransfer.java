package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.CopyOutcome;
import java.lang.foreign.MemorySegment;

/**
 * One block on its way between the device arena and a {@link BlockStore}. Belongs to one copy
 * thread, which fills it in, hands it over for the time of one call, and reads the outcome.
 */
public final class BlockTransfer {
  public MemorySegment block = MemorySegment.NULL;
  public int slot;
  public long hashHi;
  public long hashLo;
  public int tokens;
  public int generation;
  public int saltTag;

  /** Bytes moved to or from the tier, after the codec. Set by the store. */
  public long bytes;

  public CopyOutcome outcome = CopyOutcome.CANCELLED;

  /** Why it is not DONE, for people. */
  public String failure = "";
}
