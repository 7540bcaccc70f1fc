package io.kvasir.offload.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A {@link FaultyTierStore} whose records are memory: a reader is shown a damaged copy. */
public final class FaultyMappedStore extends FaultyTierStore implements MappedStore {
  private final MappedStore store;

  public FaultyMappedStore(MappedStore store, FaultSchedule schedule, long seed) {
    super(store, schedule, seed, () -> {});
    this.store = store;
  }

  @Override
  public MemorySegment room(int slot) {
    return store.room(slot);
  }

  @Override
  public void written(int slot, int length) {
    store.written(slot, length);
    MemorySegment record = store.record(slot);
    if (record != null) {
      written(slot, record);
    }
    Fault fault = schedule().next(true, slot);
    if (fault == Fault.LOST) {
      store.discard(slot);
    }
    strike(slot, fault == Fault.LOST ? fault : Fault.NONE);
  }

  @Override
  public @Nullable MemorySegment record(int slot) {
    MemorySegment record = store.record(slot);
    if (record == null) {
      return null;
    }
    MemorySegment copy = Arena.ofAuto().allocate(store.maxRecordBytes(), 4096).copyFrom(record);
    Fault fault = schedule().next(false, slot);
    long length = damage(slot, copy, record.byteSize(), fault);
    return copy.asSlice(0, length);
  }

  @Override
  public long begin() {
    return store.begin();
  }

  @Override
  public void endWrite(long begin, long bytes) {
    store.endWrite(begin, bytes);
  }

  @Override
  public void endRead(long begin, long bytes) {
    store.endRead(begin, bytes);
  }
}
