package io.kvasir.offload.store;

import io.kvasir.offload.index.BlockIndex;
import io.kvasir.offload.index.IndexEntry;
import java.util.ArrayList;
import java.util.List;

/** The persistent index of one tier, in the terms of {@link TieredBlockStore}. Thread-safe. */
final class TierIndex {
  private final BlockIndex index;
  private final TierStore store;
  private final RecordFormat format;

  TierIndex(BlockIndex index, TierStore store, RecordFormat format) {
    this.index = index;
    this.store = store;
    this.format = format;
  }

  /**
   * Tells the directory what the index holds. Removes entries that cannot be hits, and has the
   * store discard what no entry names.
   *
   * @return entries removed
   */
  int fill(SlotDirectory directory) {
    List<IndexEntry> kept = new ArrayList<>();
    List<IndexEntry> dropped = new ArrayList<>();
    index.forEach(entry -> (fits(entry) ? kept : dropped).add(entry));
    // Of two entries that name one slot the younger is right: the removal of the other was lost.
    kept.sort((a, b) -> Long.compare(b.lastUseMillis(), a.lastUseMillis()));
    for (IndexEntry entry : kept) {
      if (directory.present(entry.slot())) {
        dropped.add(entry);
      } else {
        directory.put(entry);
      }
    }
    for (IndexEntry entry : dropped) {
      index.remove(entry.hashHi(), entry.hashLo(), entry.slot());
    }
    for (int slot = 0; slot < store.slotCount(); slot++) {
      if (!directory.present(slot)) {
        store.discard(slot);
      }
    }
    return dropped.size();
  }

  private boolean fits(IndexEntry entry) {
    return entry.fingerprint() == format.fingerprint()
        && entry.codec() == format.codec()
        && entry.slot() >= 0
        && entry.slot() < store.slotCount()
        && entry.tokens() >= 1
        && entry.tokens() <= format.geometry().blockTokens()
        && entry.length() >= RecordFormat.HEADER_BYTES
        && entry.length() <= store.maxRecordBytes()
        && (!(store instanceof ExtentStore extents) || backed(extents, entry));
  }

  private static boolean backed(ExtentStore store, IndexEntry entry) {
    return store.extentBytes(entry.slot()) == entry.extentBytes()
        && store.extentOffset(entry.slot()) == entry.extentOffset();
  }

  /** Adds a block that was written; false if the index is full. */
  boolean put(BlockTransfer block, int length, int checksum, long nowMillis) {
    long extentOffset = 0;
    int extentBytes = 0;
    if (store instanceof ExtentStore extents) {
      extentOffset = extents.extentOffset(block.slot);
      extentBytes = extents.extentBytes(block.slot);
    }
    return index.put(
        new IndexEntry(
            block.hashHi,
            block.hashLo,
            block.slot,
            extentOffset,
            extentBytes,
            length,
            format.codec(),
            checksum,
            format.fingerprint(),
            block.saltTag,
            block.tokens,
            block.generation,
            nowMillis));
  }

  void remove(long hashHi, long hashLo, int slot) {
    index.remove(hashHi, hashLo, slot);
  }

  void touch(BlockTransfer block, long nowMillis) {
    index.touch(block.hashHi, block.hashLo, nowMillis);
  }
}
