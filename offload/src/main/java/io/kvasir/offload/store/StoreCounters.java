package io.kvasir.offload.store;

import java.util.EnumMap;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of the blocks of one tier since start. Any thread may count and read. */
public final class StoreCounters {
  private final LongAdder stored = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();
  private final LongAdder storeFailures = new LongAdder();
  private final LongAdder indexFull = new LongAdder();
  private final LongAdder loaded = new LongAdder();
  private final LongAdder loadedBytes = new LongAdder();
  private final LongAdder loadFailures = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  /** Complete from the start, so that threads only ever read it. */
  private final EnumMap<RecordVerdict, LongAdder> verdicts = new EnumMap<>(RecordVerdict.class);

  StoreCounters() {
    for (RecordVerdict verdict : RecordVerdict.values()) {
      verdicts.put(verdict, new LongAdder());
    }
  }

  private LongAdder verdict(RecordVerdict verdict) {
    return Objects.requireNonNull(verdicts.get(verdict));
  }

  void stored(long bytes) {
    stored.increment();
    storedBytes.add(bytes);
  }

  void storeFailed() {
    storeFailures.increment();
  }

  void indexWasFull() {
    indexFull.increment();
  }

  void loaded(long bytes) {
    loaded.increment();
    loadedBytes.add(bytes);
    verdict(RecordVerdict.GOOD).increment();
  }

  void loadFailed() {
    loadFailures.increment();
  }

  void missed(RecordVerdict why) {
    verdict(why).increment();
  }

  void droppedAtOpen(int entries) {
    dropped.add(entries);
  }

  /** Blocks stored. */
  public long stored() {
    return stored.sum();
  }

  /** Bytes of their records. */
  public long storedBytes() {
    return storedBytes.sum();
  }

  /** Blocks that could not be stored, for whatever reason. */
  public long storeFailures() {
    return storeFailures.sum();
  }

  /** Those of them that were written but not kept because the index was full. */
  public long indexFull() {
    return indexFull.sum();
  }

  /** Blocks loaded and proven. */
  public long loaded() {
    return loaded.sum();
  }

  /** Bytes of their records. */
  public long loadedBytes() {
    return loadedBytes.sum();
  }

  /** Loads that ended in an I/O error. */
  public long loadFailures() {
    return loadFailures.sum();
  }

  /** Loads that came to this verdict; GOOD are the hits, all others misses. */
  public long loads(RecordVerdict verdict) {
    return verdict(verdict).sum();
  }

  /** Loads that were a MISS. */
  public long misses() {
    long sum = 0;
    for (RecordVerdict verdict : RecordVerdict.values()) {
      sum += verdict == RecordVerdict.GOOD ? 0 : loads(verdict);
    }
    return sum;
  }

  /** All of it in one line, with the reasons of the misses. */
  @Override
  public String toString() {
    StringBuilder reasons = new StringBuilder();
    for (RecordVerdict verdict : RecordVerdict.values()) {
      if (verdict != RecordVerdict.GOOD && loads(verdict) > 0) {
        reasons.append(' ').append(verdict).append(' ').append(loads(verdict));
      }
    }
    return "stored %d blocks in %d bytes, %d failed; loaded %d in %d bytes, %d failed, %d missed%s"
        .formatted(
            stored(),
            storedBytes(),
            storeFailures(),
            loaded(),
            loadedBytes(),
            loadFailures(),
            misses(),
            reasons);
  }

  /**
   * Index entries dropped at open: of another model, shape or codec, or not backed by the store.
   */
  public long droppedAtOpen() {
    return dropped.sum();
  }
}
