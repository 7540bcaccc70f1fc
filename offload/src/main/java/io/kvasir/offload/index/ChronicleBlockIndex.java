package io.kvasir.offload.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import net.openhft.chronicle.hash.locks.InterProcessDeadLockException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.MapSegmentContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link BlockIndex} that outlives the process, even one that is killed: a persisted Chronicle
 * Map (net.openhft), whose pages the system writes to disk by itself. The bytes of an entry are
 * drawn in {@link EntryLayout}, the files in {@link IndexFiles}; docs/persistent-index.md tells
 * sizes, options of the JVM and what happens after a kill.
 *
 * <p>One process has it at a time. Its operations do not wait for the disk, unless the system has
 * to fetch a page of the file.
 */
public final class ChronicleBlockIndex implements BlockIndex {
  private static final Logger log = LoggerFactory.getLogger(ChronicleBlockIndex.class);

  /** Arrays that an operation reads and writes entries with. */
  private static final class Scratch {
    final byte[] key = new byte[EntryLayout.KEY_BYTES];
    final byte[] value = new byte[EntryLayout.VALUE_BYTES];
  }

  private final IndexFiles files;
  private final IndexLock lock;
  private final ChronicleMap<byte[], byte[]> map;
  private final IndexState state;
  private final IndexOpening opening;
  private final AtomicLong size;
  private final AtomicBoolean overflowLogged = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(Scratch::new);

  private ChronicleBlockIndex(IndexFiles files, IndexLock lock, IndexOpener.Opened opened) {
    this.files = files;
    this.lock = lock;
    map = opened.map();
    state = opened.state();
    opening = opened.opening();
    size = new AtomicLong(opening.kept());
  }

  /**
   * Opens the index, or begins a new one. Logs in one sentence what it did.
   *
   * @param file of the map; others with the same name and a suffix lie beside it. Missing folders
   *     are made
   * @param capacity entries it holds at most, at least 1; a file that was made for another number
   *     is set aside
   * @throws IOException if another process has the index open, or the files cannot be written
   */
  public static ChronicleBlockIndex open(Path file, long capacity) throws IOException {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, is " + capacity);
    }
    IndexFiles files = new IndexFiles(file);
    files.makeFolder();
    IndexLock lock = IndexLock.acquire(files.lock());
    try {
      return new ChronicleBlockIndex(files, lock, new IndexOpener(files, capacity).open());
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** What became of the index when it was opened. */
  public IndexOpening opening() {
    return opening;
  }

  /** Entries it holds at most. */
  public long capacity() {
    return state.capacity();
  }

  /** Size of its file, bytes; it never changes. */
  public long fileBytes() {
    return state.bytes();
  }

  @Override
  public boolean put(IndexEntry entry) {
    Scratch scratch = keyed(entry.hashHi(), entry.hashLo());
    EntryLayout.writeValue(entry, scratch.value);
    try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(scratch.key)) {
      query.writeLock().lock();
      MapEntry<byte[], byte[]> before = query.entry();
      if (before == null) {
        return insert(query, scratch.value);
      }
      before.doReplaceValue(query.wrapValueAsData(scratch.value));
      return true;
    }
  }

  private boolean insert(ExternalMapQueryContext<byte[], byte[], ?> query, byte[] value) {
    boolean inserted = false;
    if (size.incrementAndGet() <= state.capacity()) {
      try {
        query.absentEntry().doInsert(query.wrapValueAsData(value));
        inserted = true;
      } catch (InterProcessDeadLockException e) {
        throw e;
      } catch (IllegalStateException e) {
        logOverflow(e);
      }
    }
    if (!inserted) {
      size.decrementAndGet();
    }
    return inserted;
  }

  private void logOverflow(IllegalStateException e) {
    if (overflowLogged.compareAndSet(false, true)) {
      log.warn(
          "block index {}: a segment is full with {} of {} entries in the index; blocks that belong"
              + " into it are not indexed (said once)",
          files.map(),
          size.get() - 1,
          state.capacity(),
          e);
    }
  }

  @Override
  public Optional<IndexEntry> find(long hashHi, long hashLo) {
    Scratch scratch = keyed(hashHi, hashLo);
    byte[] value = map.getUsing(scratch.key, scratch.value);
    return value == null ? Optional.empty() : Optional.of(EntryLayout.read(scratch.key, value));
  }

  @Override
  public void remove(long hashHi, long hashLo, int slot) {
    Scratch scratch = keyed(hashHi, hashLo);
    try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(scratch.key)) {
      query.writeLock().lock();
      MapEntry<byte[], byte[]> entry = query.entry();
      if (entry != null && EntryLayout.slot(entry.value().getUsing(scratch.value)) == slot) {
        entry.doRemove();
        size.decrementAndGet();
      }
    }
  }

  @Override
  public void touch(long hashHi, long hashLo, long lastUseMillis) {
    Scratch scratch = keyed(hashHi, hashLo);
    byte[] value = map.getUsing(scratch.key, scratch.value);
    if (value == null || fresh(value, lastUseMillis)) {
      return;
    }
    try (ExternalMapQueryContext<byte[], byte[], ?> query = map.queryContext(scratch.key)) {
      query.writeLock().lock();
      MapEntry<byte[], byte[]> entry = query.entry();
      if (entry == null || fresh(entry.value().getUsing(scratch.value), lastUseMillis)) {
        return;
      }
      EntryLayout.setLastUseMillis(scratch.value, lastUseMillis);
      entry.doReplaceValue(query.wrapValueAsData(scratch.value));
    }
  }

  private static boolean fresh(byte[] value, long lastUseMillis) {
    return lastUseMillis - EntryLayout.lastUseMillis(value) < LAST_USE_LAG_MILLIS;
  }

  /** Holds a segment's lock while it copies the segment's entries, and none during the calls. */
  @Override
  public void forEach(Consumer<IndexEntry> visitor) {
    List<IndexEntry> entries = new ArrayList<>();
    for (int segment = 0; segment < map.segments(); segment++) {
      Scratch scratch = scratches.get();
      try (MapSegmentContext<byte[], byte[], ?> context = map.segmentContext(segment)) {
        context.forEachSegmentEntry(entry ->
            entries.add(
                EntryLayout.read(
                    entry.key().getUsing(scratch.key), entry.value().getUsing(scratch.value))));
      }
      entries.forEach(visitor);
      entries.clear();
    }
  }

  @Override
  public long size() {
    return size.get();
  }

  /** Which part of the map a hash belongs to. */
  int segmentOf(long hashHi, long hashLo) {
    try (ExternalMapQueryContext<byte[], byte[], ?> query =
        map.queryContext(keyed(hashHi, hashLo).key)) {
      return query.segmentIndex();
    }
  }

  private Scratch keyed(long hashHi, long hashLo) {
    Scratch scratch = scratches.get();
    EntryLayout.writeKey(hashHi, hashLo, scratch.key);
    return scratch;
  }

  /**
   * Closes the file, brings it to the disk and notes its checksum. If that fails, it is logged, and
   * who opens the index next recovers it.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (lock) {
      map.close();
      files.forceMap();
      files.writeState(state.closed(files.checksum()));
    } catch (IOException e) {
      log.warn("block index {}: not closed in order", files.map(), e);
    }
  }
}
