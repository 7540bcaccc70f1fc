package io.kvasir.offload.store.file;

import io.kvasir.offload.index.BlockIndex;
import io.kvasir.offload.index.IndexEntry;
import io.kvasir.offload.store.Blocks;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.RecordTransfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stores of small files and transfers for them. */
final class FileFixture {
  static final int SLOTS = 32;

  private FileFixture() {}

  static FileStoreConfig config(Path file) {
    return config(file, SLOTS, Blocks.MODEL, Long.MAX_VALUE);
  }

  static FileStoreConfig config(Path file, int slots, String model, long dailyWriteBytes) {
    return new FileStoreConfig(
        "ssd",
        file,
        FileLayout.DATA_OFFSET + (long) SLOTS * Blocks.RECORD_BYTES,
        slots,
        Blocks.RECORD_BYTES,
        Blocks.GEOMETRY,
        model,
        dailyWriteBytes);
  }

  static FileStore open(FileStoreConfig config, BlockIndex index) throws IOException {
    return FileStore.open(config, index::forEach, () -> 0);
  }

  static FileStore open(FileStoreConfig config) throws IOException {
    return FileStore.open(config, _ -> {}, () -> 0);
  }

  /** An entry as an index of that store would have it. */
  static IndexEntry entry(int slot, long offset, int extentBytes, int length, long lastUse) {
    return new IndexEntry(
        slot,
        slot,
        slot,
        offset,
        extentBytes,
        length,
        0,
        0,
        RecordFormat.fingerprint(Blocks.MODEL, Blocks.GEOMETRY),
        0,
        1,
        1,
        lastUse);
  }

  static RecordTransfer transfer(int slot, int length) {
    MemorySegment memory = Arena.ofAuto().allocate(Blocks.RECORD_BYTES, 4096);
    RecordTransfer transfer = new RecordTransfer();
    transfer.aim(slot, slot, slot, memory.fill((byte) slot), length);
    return transfer;
  }

  static List<RecordTransfer> transfers(int from, int to, int length) {
    List<RecordTransfer> transfers = new ArrayList<>();
    for (int slot = from; slot < to; slot++) {
      transfers.add(transfer(slot, length));
    }
    return transfers;
  }
}
