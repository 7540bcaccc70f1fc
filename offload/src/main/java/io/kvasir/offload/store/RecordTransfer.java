package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.CopyOutcome;
import java.lang.foreign.MemorySegment;

/**
 * One record on its way into or out of a {@link TierStore}. Belongs to one copy thread, which fills
 * it in, hands it over for the time of one call, and reads the outcome.
 */
public final class RecordTransfer {
  private int slot;
  private long hashHi;
  private long hashLo;
  private MemorySegment bytes = MemorySegment.NULL;
  private long length;
  private CopyOutcome outcome = CopyOutcome.CANCELLED;
  private String failure = "";

  /**
   * Aims it.
   *
   * @param slot of the store
   * @param hashHi upper half of the record's key; stores that find records by slot ignore it
   * @param hashLo lower half
   * @param bytes to be written, or room for what is read; aligned to 4096 bytes, and its size a
   *     multiple of 4096 (contents behind {@code length} do not matter)
   * @param length bytes to write; 0 for a read
   */
  public void aim(int slot, long hashHi, long hashLo, MemorySegment bytes, long length) {
    this.slot = slot;
    this.hashHi = hashHi;
    this.hashLo = hashLo;
    this.bytes = bytes;
    this.length = length;
    this.outcome = CopyOutcome.CANCELLED;
    this.failure = "";
  }

  public int slot() {
    return slot;
  }

  public long hashHi() {
    return hashHi;
  }

  public long hashLo() {
    return hashLo;
  }

  public MemorySegment bytes() {
    return bytes;
  }

  /** Bytes to write; after a read, bytes that were read. */
  public long length() {
    return length;
  }

  public CopyOutcome outcome() {
    return outcome;
  }

  /** Why it is not DONE, for people. */
  public String failure() {
    return failure;
  }

  /** It went well; {@code length} bytes were moved. */
  public void done(long length) {
    this.length = length;
    outcome = CopyOutcome.DONE;
  }

  /** It did not: MISS or FAILED. */
  public void missed(CopyOutcome outcome, String failure) {
    this.outcome = outcome;
    this.failure = failure;
  }
}
