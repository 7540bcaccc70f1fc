package io.kvasir.offload.store;

import io.kvasir.offload.codec.BlockCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** What one copy thread needs to turn blocks into records and back. Confined to that thread. */
final class RecordScratch {
  /** Records are moved in portions of about so many bytes: enough for a device to be busy. */
  private static final int PORTION_BYTES = 8 << 20;

  private static final int MAX_RECORDS = 256;

  final BlockCodec codec;
  final CRC32C crc = new CRC32C();

  /** The transfers of the portion under way. */
  final List<RecordTransfer> portion = new ArrayList<>();

  private final RecordTransfer[] transfers;
  private final MemorySegment[] records;

  /**
   * @param records records of a portion; 0 if records are written in place
   */
  RecordScratch(BlockCodec codec, Arena arena, int records, int recordBytes) {
    this.codec = codec;
    this.transfers = new RecordTransfer[records];
    this.records = new MemorySegment[records];
    if (records > 0) {
      MemorySegment memory = arena.allocate((long) records * recordBytes, RecordFormat.ALIGNMENT);
      for (int i = 0; i < records; i++) {
        this.records[i] = memory.asSlice((long) i * recordBytes, recordBytes);
        transfers[i] = new RecordTransfer();
      }
    }
  }

  /** Records of a portion, for records of this size. */
  static int records(int recordBytes) {
    return Math.clamp(PORTION_BYTES / recordBytes, 1, MAX_RECORDS);
  }

  int capacity() {
    return records.length;
  }

  /** Makes transfer {@code i} of the portion one of a block, of {@code length} bytes if written. */
  void add(int i, BlockTransfer block, int length) {
    transfers[i].aim(block.slot, block.hashHi, block.hashLo, records[i], length);
    portion.add(transfers[i]);
  }

  MemorySegment record(int i) {
    return records[i];
  }

  RecordTransfer transfer(int i) {
    return transfers[i];
  }
}
