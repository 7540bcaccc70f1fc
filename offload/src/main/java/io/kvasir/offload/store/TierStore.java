package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.TierKind;
import java.util.List;

/**
 * Holds opaque records, one per slot, of one tier. What a record means is {@link BlockStore}'s
 * business.
 *
 * <p>Any thread may call; the caller never has two operations on one slot at the same time, except
 * reads. A call blocks until every transfer has its outcome. Contiguous slots in neighbouring
 * transfers may be moved in one piece. A read of a slot that was never written is a MISS. A write
 * that failed leaves the slot as a MISS, never as the record before.
 *
 * <p>A device that is full, slow or gone is an outcome per transfer, never an exception; only
 * programming errors are thrown.
 */
public interface TierStore extends AutoCloseable {

  /** For people and metrics. */
  String name();

  TierKind kind();

  /** Slots; they are 0 to slotCount - 1. */
  int slotCount();

  /** Largest record, bytes; a multiple of 4096. */
  int maxRecordBytes();

  /** Whether records outlive the process. */
  boolean persistent();

  /** Whether a stand-in plays the device. */
  boolean emulated();

  /** Writes each transfer's bytes to its slot. */
  void write(List<RecordTransfer> batch);

  /** Reads each transfer's slot into its bytes. */
  void read(List<RecordTransfer> batch);

  /** Forgets a slot's record. */
  void discard(int slot);

  /** Releases the device; records of a persistent store stay. */
  @Override
  void close();
}
