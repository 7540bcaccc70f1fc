package io.kvasir.offload.store;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A store whose records are memory, so that they are written and read in place and not copied
 * twice. What {@link TierStore} says of overlapping calls holds here too: from {@link #room} to
 * {@link #written} is one write.
 */
public interface MappedStore extends TierStore {

  /**
   * Forgets a slot's record and gives its memory.
   *
   * @return {@link #maxRecordBytes} bytes, aligned to 4096
   */
  MemorySegment room(int slot);

  /** The slot's memory holds a record of {@code length} bytes now. */
  void written(int slot, int length);

  /** A slot's record, as long as it was written; null if there is none. Not to be changed. */
  @Nullable MemorySegment record(int slot);

  /** Notes when a batch begins, for {@link #endWrite} or {@link #endRead}. */
  long begin();

  /**
   * Waits for as long as the device that is played would still need for a batch of writes.
   *
   * @param begin what {@link #begin} answered
   * @param bytes written since
   */
  void endWrite(long begin, long bytes);

  /** The same for a batch of reads. */
  void endRead(long begin, long bytes);
}
