package io.kvasir.offload.store.file;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.index.IndexEntry;
import io.kvasir.offload.os.Errno;
import io.kvasir.offload.store.ExtentStore;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.RecordTransfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tier in a preallocated file or on a raw device, with direct I/O. Records lie in extents of size
 * classes ({@link SlabSpace}); those of neighbouring slots that are written together lie together
 * and are moved by one request. All requests of a batch are handed over at once, by io_uring where
 * the kernel has it.
 *
 * <p>What is where is known to the memory of the process and to an index, not to the file: opening
 * takes the index's entries, and believes none that contradicts another or the file's size.
 */
public final class FileStore implements ExtentStore {
  private static final Logger log = LoggerFactory.getLogger(FileStore.class);

  private final FileStoreConfig config;
  private final FileDevice device;
  private final IoPool pool;
  private final Arena arena;
  private final FileStart start;
  private final ExtentMap extents;
  private final WriteBudget budget;
  private final LongSupplier clockMillis;
  private final FileCounters counters = new FileCounters();
  private final FileRequests requests;

  private FileStore(
      FileStoreConfig config,
      FileDevice device,
      IoPool pool,
      Arena arena,
      FileStart start,
      ExtentMap extents,
      WriteBudget budget,
      LongSupplier clockMillis) {
    this.config = config;
    this.device = device;
    this.pool = pool;
    this.arena = arena;
    this.start = start;
    this.extents = extents;
    this.budget = budget;
    this.clockMillis = clockMillis;
    requests = new FileRequests(name(), extents, counters);
  }

  /** Makes the pool of a store; tests make others. */
  @FunctionalInterface
  interface PoolMaker {
    IoPool make(int file, Arena arena) throws IOException;
  }

  /**
   * Opens a store.
   *
   * @param known calls back for every index entry, such as {@code index::forEach}
   * @param clockMillis Unix milliseconds
   * @throws IOException if the file or device cannot be had: it is in use, is somebody else's, or
   *     there is no room
   */
  public static FileStore open(
      FileStoreConfig config, Consumer<Consumer<IndexEntry>> known, LongSupplier clockMillis)
      throws IOException {
    return open(
        config,
        known,
        clockMillis,
        FileDevice.open(config.path(), true),
        (file, arena) -> IoPool.open(config.name(), file, arena));
  }

  /** Opens a store on an open device, which is closed with it. */
  static FileStore open(
      FileStoreConfig config,
      Consumer<Consumer<IndexEntry>> known,
      LongSupplier clockMillis,
      FileDevice device,
      PoolMaker pools)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      FileLayout layout = FileLayout.of(config);
      WriteBudget budget = new WriteBudget(config.dailyWriteBytes());
      FileStart start = new FileStart(config.name(), device, arena);
      ExtentMap extents = new ExtentMap(layout);
      List<IndexEntry> entries = new ArrayList<>();
      int rejected = 0;
      if (start.open(layout, budget)) {
        known.accept(entries::add);
        rejected = extents.adopt(entries, layout.fingerprint());
      }
      IoPool pool = pools.make(device.file(), arena);
      log.info(
          "{}: {}, {} bytes, {} slots{}, {}, {}; {} records taken over, {} rejected",
          config.name(),
          device,
          layout.fileBytes(),
          layout.slotCount(),
          layout.oneClass() ? "" : " (more than have room at their largest)",
          device.direct() ? "direct I/O" : "buffered I/O",
          pool.kind(),
          entries.size() - rejected,
          rejected);
      return new FileStore(config, device, pool, arena, start, extents, budget, clockMillis);
    } catch (Throwable failure) {
      arena.close();
      device.close();
      throw failure;
    }
  }

  @Override
  public String name() {
    return device.direct() ? config.name() : config.name() + " (buffered I/O)";
  }

  @Override
  public TierKind kind() {
    return TierKind.SSD;
  }

  @Override
  public int slotCount() {
    return config.slotCount();
  }

  @Override
  public int maxRecordBytes() {
    return config.maxRecordBytes();
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean emulated() {
    return false;
  }

  @Override
  public long extentOffset(int slot) {
    return extents.offset(slot);
  }

  @Override
  public int extentBytes(int slot) {
    return extents.bytes(slot);
  }

  /** What it did so far. */
  public FileCounters counters() {
    return counters;
  }

  /** How requests are carried out: {@code io_uring} or {@code threads}. */
  public String submission() {
    return pool.kind();
  }

  /** Bytes written in this hour and the 24 before it, as the write budget counts them. */
  public long writtenLately() {
    synchronized (budget) {
      return budget.spent(clockMillis.getAsLong());
    }
  }

  @Override
  public void write(List<RecordTransfer> batch) {
    IoPool.Queue queue = pool.borrow();
    try {
      for (int from = 0; from < batch.size(); from += IoBatch.CAPACITY) {
        writePortion(batch, from, Math.min(batch.size(), from + IoBatch.CAPACITY), queue);
      }
    } finally {
      pool.giveBack(queue);
    }
  }

  private void writePortion(List<RecordTransfer> batch, int from, int to, IoPool.Queue queue) {
    for (int i = from; i < to; i++) {
      long length = batch.get(i).length();
      if (length < 1 || length > config.maxRecordBytes()) {
        throw new IllegalArgumentException(
            "%s: a record has 1 to %d bytes, not %d"
                .formatted(config.name(), config.maxRecordBytes(), length));
      }
    }
    extents.place(batch, from, to);
    queue.batch().reset(true);
    for (int i = from; i < to; i++) {
      RecordTransfer transfer = batch.get(i);
      long bytes = RecordFormat.roundUp(transfer.length());
      if (extents.bytes(transfer.slot()) == 0) {
        counters.full.increment();
        transfer.missed(CopyOutcome.FAILED, name() + ": the file is full");
      } else if (!spend(bytes)) {
        counters.overBudget.increment();
        extents.release(transfer.slot());
        transfer.missed(
            CopyOutcome.FAILED,
            "%s: the write budget of %d bytes in 24 hours is spent"
                .formatted(name(), budget.limitBytes()));
      } else {
        queue.batch().add(transfer, extents.offset(transfer.slot()), bytes);
      }
    }
    requests.run(queue);
  }

  private boolean spend(long bytes) {
    synchronized (budget) {
      if (!budget.take(bytes, clockMillis.getAsLong())) {
        return false;
      }
      if (budget.mustSave()) {
        int errno = start.saveBudget(budget);
        if (errno != 0) {
          log.warn("{}: the write budget cannot be saved: {}", config.name(), Errno.text(errno));
        }
      }
      return true;
    }
  }

  @Override
  public void read(List<RecordTransfer> batch) {
    IoPool.Queue queue = pool.borrow();
    try {
      for (int from = 0; from < batch.size(); from += IoBatch.CAPACITY) {
        readPortion(batch, from, Math.min(batch.size(), from + IoBatch.CAPACITY), queue);
      }
    } finally {
      pool.giveBack(queue);
    }
  }

  private void readPortion(List<RecordTransfer> batch, int from, int to, IoPool.Queue queue) {
    queue.batch().reset(false);
    for (int i = from; i < to; i++) {
      RecordTransfer transfer = batch.get(i);
      int length = extents.length(transfer.slot());
      if (length == 0) {
        transfer.missed(CopyOutcome.MISS, name() + ": slot " + transfer.slot() + " is empty");
      } else {
        long bytes = RecordFormat.roundUp(length);
        queue.batch().add(transfer, extents.offset(transfer.slot()), bytes);
      }
    }
    requests.run(queue);
  }

  @Override
  public void discard(int slot) {
    extents.release(slot);
  }

  /** Closes the file; nothing may be under way. A second call does nothing. */
  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    synchronized (budget) {
      int errno = start.closeBudget(budget);
      if (errno != 0) {
        log.warn("{}: the write budget cannot be saved: {}", config.name(), Errno.text(errno));
      }
    }
    pool.close();
    arena.close();
    device.close();
  }

  @Override
  public String toString() {
    return "FileStore[%s, %s, %s, %d slots]".formatted(name(), device, submission(), slotCount());
  }
}
