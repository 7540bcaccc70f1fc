package io.kvasir.offload.store;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.codec.BlockCodec;
import io.kvasir.offload.index.BlockIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One tier: turns blocks into {@link RecordFormat records}, keeps them in a {@link TierStore}, and
 * proves what it reads. A record that does not prove itself is a MISS, counted by reason, and its
 * slot and its index entry are given up. On a REMOTE store, whose records other instances wrote
 * too, the generation does not count: the hash alone says which block it is.
 *
 * <p>Order of a store: the entry of the block that the slot held goes, the data is written, the new
 * entry comes. So after a crash an entry may be missing, or name bytes that do not prove
 * themselves; it never names another block's bytes as its own.
 *
 * <p>Any thread may call. Each thread that does keeps a codec and, unless the store is memory, a
 * portion of about 8 MiB until {@link #close}.
 */
public final class TieredBlockStore implements BlockStore {
  private final TierStore store;
  private final @Nullable MappedStore mapped;
  private final @Nullable TierIndex index;
  private final RecordFormat format;
  private final TierSpec spec;
  private final LongSupplier clockMillis;
  private final SlotDirectory directory;
  private final StoreCounters counters = new StoreCounters();
  private final Arena arena = Arena.ofShared();
  private final ThreadLocal<RecordScratch> scratch;

  /**
   * Puts a tier together.
   *
   * @param store closed by {@link #close}
   * @param codecs gives each thread its codec
   * @param geometry shape of the blocks
   * @param modelFingerprint of the weights that the blocks were computed with
   * @param readBytesPerSecond bandwidth to plan with until copies were measured
   * @param writeBytesPerSecond likewise
   * @param index of a persistent store; entries that do not fit are removed from it here. Whoever
   *     opened it closes it, after this store
   * @param clockMillis Unix milliseconds
   * @throws IllegalArgumentException if the store's records are too small for the codec's
   */
  public TieredBlockStore(
      TierStore store,
      Supplier<BlockCodec> codecs,
      BlockGeometry geometry,
      String modelFingerprint,
      long readBytesPerSecond,
      long writeBytesPerSecond,
      @Nullable BlockIndex index,
      LongSupplier clockMillis) {
    BlockCodec codec = codecs.get();
    int recordBytes = RecordFormat.maxRecordBytes(codec.maxEncodedBytes());
    if (recordBytes > store.maxRecordBytes()) {
      throw new IllegalArgumentException(
          "%s: records of up to %d bytes are needed, the store has room for %d"
              .formatted(store.name(), recordBytes, store.maxRecordBytes()));
    }
    this.store = store;
    this.clockMillis = clockMillis;
    mapped = store instanceof MappedStore memory ? memory : null;
    boolean shared = store.kind() == TierKind.REMOTE;
    format = new RecordFormat(geometry, modelFingerprint, codec.id(), shared);
    directory = new SlotDirectory(store.slotCount());
    spec =
        new TierSpec(
            store.kind(),
            store.name(),
            store.slotCount(),
            store.persistent(),
            codec.name(),
            codec.exact(),
            store.emulated(),
            readBytesPerSecond,
            writeBytesPerSecond);
    int records = mapped == null ? RecordScratch.records(store.maxRecordBytes()) : 0;
    scratch =
        ThreadLocal.withInitial(
            () -> new RecordScratch(codecs.get(), arena, records, store.maxRecordBytes()));
    this.index = index == null ? null : new TierIndex(index, store, format);
    if (this.index != null) {
      counters.droppedAtOpen(this.index.fill(directory));
    }
  }

  @Override
  public TierSpec spec() {
    return spec;
  }

  /** What became of the blocks so far. */
  public StoreCounters counters() {
    return counters;
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    RecordScratch mine = scratch.get();
    if (mapped != null) {
      storeInPlace(mapped, batch, mine);
      return;
    }
    for (int from = 0; from < batch.size(); from += mine.capacity()) {
      storePortion(batch, from, Math.min(batch.size(), from + mine.capacity()), mine);
    }
  }

  private void storeInPlace(MappedStore memory, List<BlockTransfer> batch, RecordScratch mine) {
    long begin = memory.begin();
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      BlockTransfer block = batch.get(i);
      forget(block.slot);
      MemorySegment room = memory.room(block.slot);
      int length = encode(block, room, mine);
      memory.written(block.slot, length);
      bytes += length;
      stored(block, room, length);
    }
    memory.endWrite(begin, bytes);
  }

  private void storePortion(List<BlockTransfer> batch, int from, int to, RecordScratch mine) {
    mine.portion.clear();
    for (int i = from; i < to; i++) {
      BlockTransfer block = batch.get(i);
      forget(block.slot);
      mine.add(i - from, block, encode(block, mine.record(i - from), mine));
    }
    store.write(mine.portion);
    for (int i = from; i < to; i++) {
      RecordTransfer transfer = mine.transfer(i - from);
      if (transfer.outcome() == CopyOutcome.DONE) {
        stored(batch.get(i), mine.record(i - from), (int) transfer.length());
      } else {
        storeFailed(batch.get(i), transfer.failure());
      }
    }
  }

  private int encode(BlockTransfer block, MemorySegment room, RecordScratch mine) {
    MemorySegment payload = room.asSlice(RecordFormat.HEADER_BYTES);
    int payloadLength = mine.codec.encode(block.block, block.tokens, payload);
    return format.seal(room, block, payloadLength, mine.crc);
  }

  private void stored(BlockTransfer block, MemorySegment record, int length) {
    long now = clockMillis.getAsLong();
    if (index != null && !index.put(block, length, RecordFormat.checksum(record), now)) {
      store.discard(block.slot);
      counters.indexWasFull();
      storeFailed(block, spec.name() + ": the index is full, the block would not be found again");
      return;
    }
    directory.put(block, now);
    block.bytes = length;
    block.outcome = CopyOutcome.DONE;
    block.failure = "";
    counters.stored(length);
  }

  private void storeFailed(BlockTransfer block, String failure) {
    block.bytes = 0;
    block.outcome = CopyOutcome.FAILED;
    block.failure = failure;
    counters.storeFailed();
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    RecordScratch mine = scratch.get();
    if (mapped != null) {
      loadInPlace(mapped, batch, mine);
      return;
    }
    for (int from = 0; from < batch.size(); from += mine.capacity()) {
      loadPortion(batch, from, Math.min(batch.size(), from + mine.capacity()), mine);
    }
  }

  private void loadInPlace(MappedStore memory, List<BlockTransfer> batch, RecordScratch mine) {
    long begin = memory.begin();
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      BlockTransfer block = batch.get(i);
      MemorySegment record = memory.record(block.slot);
      if (record == null) {
        missed(block, RecordVerdict.ABSENT, "");
      } else {
        bytes += record.byteSize();
        prove(block, record, record.byteSize(), mine);
      }
    }
    memory.endRead(begin, bytes);
  }

  private void loadPortion(List<BlockTransfer> batch, int from, int to, RecordScratch mine) {
    mine.portion.clear();
    for (int i = from; i < to; i++) {
      mine.add(i - from, batch.get(i), 0);
    }
    store.read(mine.portion);
    for (int i = from; i < to; i++) {
      BlockTransfer block = batch.get(i);
      RecordTransfer transfer = mine.transfer(i - from);
      switch (transfer.outcome()) {
        case DONE -> prove(block, mine.record(i - from), transfer.length(), mine);
        case MISS -> missed(block, RecordVerdict.ABSENT, transfer.failure());
        case FAILED, CANCELLED -> {
          block.bytes = 0;
          block.outcome = CopyOutcome.FAILED;
          block.failure = transfer.failure();
          counters.loadFailed();
        }
      }
    }
  }

  private void prove(BlockTransfer block, MemorySegment record, long length, RecordScratch mine) {
    RecordVerdict verdict = format.verify(record, length, block, mine.crc);
    if (verdict != RecordVerdict.GOOD) {
      missed(block, verdict, "");
      return;
    }
    try {
      mine.codec.decode(RecordFormat.payload(record), block.tokens, block.block);
    } catch (IllegalArgumentException e) {
      missed(block, RecordVerdict.UNDECODABLE, e.toString());
      return;
    }
    long now = clockMillis.getAsLong();
    directory.touch(block.slot, now);
    if (index != null) {
      index.touch(block, now);
    }
    block.bytes = RecordFormat.HEADER_BYTES + (long) RecordFormat.payloadLength(record);
    block.outcome = CopyOutcome.DONE;
    block.failure = "";
    counters.loaded(block.bytes);
  }

  private void missed(BlockTransfer block, RecordVerdict why, String detail) {
    counters.missed(why);
    forget(block.slot);
    store.discard(block.slot);
    block.bytes = 0;
    block.outcome = CopyOutcome.MISS;
    block.failure =
        "%s: slot %d is no hit: %s%s"
            .formatted(spec.name(), block.slot, why, detail.isEmpty() ? "" : " (" + detail + ")");
  }

  /** Nobody shall look for the block of this slot any more. */
  private void forget(int slot) {
    if (directory.present(slot)) {
      if (index != null) {
        index.remove(directory.hashHi(slot), directory.hashLo(slot), slot);
      }
      directory.remove(slot);
    }
  }

  @Override
  public void probe(List<BlockTransfer> batch) {
    if (store instanceof SharedStore server) {
      server.probe(batch);
    } else {
      BlockStore.super.probe(batch);
    }
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {
    directory.inventory(tier, found);
  }

  /** Closes the store; nothing may be under way. */
  @Override
  public void close() {
    store.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
