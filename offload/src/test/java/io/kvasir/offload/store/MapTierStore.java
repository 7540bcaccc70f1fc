package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The plainest store there can be: a map on the heap. The oracle of all others. */
public final class MapTierStore implements TierStore {
  private final int slotCount;
  private final int maxRecordBytes;
  private final Map<Integer, byte[]> records = new ConcurrentHashMap<>();

  public MapTierStore(int slotCount, int maxRecordBytes) {
    this.slotCount = slotCount;
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public String name() {
    return "map";
  }

  @Override
  public TierKind kind() {
    return TierKind.DRAM;
  }

  @Override
  public int slotCount() {
    return slotCount;
  }

  @Override
  public int maxRecordBytes() {
    return maxRecordBytes;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean emulated() {
    return true;
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      records.put(
          transfer.slot(),
          transfer.bytes().asSlice(0, transfer.length()).toArray(ValueLayout.JAVA_BYTE));
      transfer.done(transfer.length());
    }
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      byte[] record = records.get(transfer.slot());
      if (record == null) {
        transfer.missed(CopyOutcome.MISS, "map: slot " + transfer.slot() + " is empty");
      } else {
        MemorySegment.copy(record, 0, transfer.bytes(), ValueLayout.JAVA_BYTE, 0, record.length);
        transfer.done(record.length);
      }
    }
  }

  @Override
  public void discard(int slot) {
    records.remove(slot);
  }

  @Override
  public void close() {
    records.clear();
  }
}
