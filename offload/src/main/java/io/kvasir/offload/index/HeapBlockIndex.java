package io.kvasir.offload.index;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A {@link BlockIndex} on the Java heap: the oracle that {@link ChronicleBlockIndex} is compared
 * with.
 */
public final class HeapBlockIndex implements BlockIndex {
  private record Key(long hashHi, long hashLo) {}

  private final long capacity;
  private final ConcurrentHashMap<Key, IndexEntry> entries = new ConcurrentHashMap<>();
  private final AtomicLong size = new AtomicLong();

  /**
   * Begins empty.
   *
   * @param capacity entries it holds at most, at least 1
   */
  public HeapBlockIndex(long capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, is " + capacity);
    }
    this.capacity = capacity;
  }

  @Override
  public boolean put(IndexEntry entry) {
    Key key = new Key(entry.hashHi(), entry.hashLo());
    return entries.compute(
            key,
            (_, before) -> {
              if (before != null) {
                return entry;
              }
              if (size.incrementAndGet() <= capacity) {
                return entry;
              }
              size.decrementAndGet();
              return null;
            })
        != null;
  }

  @Override
  public Optional<IndexEntry> find(long hashHi, long hashLo) {
    return Optional.ofNullable(entries.get(new Key(hashHi, hashLo)));
  }

  @Override
  public void remove(long hashHi, long hashLo, int slot) {
    entries.computeIfPresent(
        new Key(hashHi, hashLo),
        (_, entry) -> {
          if (entry.slot() != slot) {
            return entry;
          }
          size.decrementAndGet();
          return null;
        });
  }

  @Override
  public void touch(long hashHi, long hashLo, long lastUseMillis) {
    entries.computeIfPresent(
        new Key(hashHi, hashLo),
        (_, entry) ->
            lastUseMillis - entry.lastUseMillis() < LAST_USE_LAG_MILLIS
                ? entry
                : entry.usedAt(lastUseMillis));
  }

  @Override
  public void forEach(Consumer<IndexEntry> visitor) {
    entries.values().forEach(visitor);
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public void close() {
    entries.clear();
  }
}
