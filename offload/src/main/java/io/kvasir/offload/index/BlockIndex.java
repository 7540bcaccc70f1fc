package io.kvasir.offload.index;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where each block of a persistent tier lies: block hash → {@link IndexEntry}. Any thread may call
 * until {@link #close}, which must follow the last use. After a crash it may have lost entries or
 * hold stale ones; records verify themselves, so a stale entry is a MISS.
 */
public interface BlockIndex extends AutoCloseable {
  /**
   * How far the last use that an entry tells may lag behind, milliseconds: one minute, so that a
   * block that is read again and again costs one write per minute.
   */
  long LAST_USE_LAG_MILLIS = 60_000;

  /**
   * Adds or replaces the entry of a hash.
   *
   * @return false if the index is full; nothing changed then
   */
  boolean put(IndexEntry entry);

  /** The entry of a hash, if it is known. Unless an index knows better, it looks at all of them. */
  default Optional<IndexEntry> find(long hashHi, long hashLo) {
    AtomicReference<@Nullable IndexEntry> found = new AtomicReference<>();
    forEach(entry -> {
      if (entry.hashHi() == hashHi && entry.hashLo() == hashLo) {
        found.set(entry);
      }
    });
    return Optional.ofNullable(found.get());
  }

  /** Removes the entry of a hash, if it names this slot. */
  void remove(long hashHi, long hashLo, int slot);

  /**
   * Notes that a block was used, if the hash is known. Does nothing unless that is at least {@link
   * #LAST_USE_LAG_MILLIS} later than the last use that is noted.
   *
   * @param lastUseMillis Unix milliseconds
   */
  void touch(long hashHi, long hashLo, long lastUseMillis);

  /**
   * Calls back for every entry, in any order, on this thread. Others may write meanwhile, and so
   * may the visitor; an entry that is added or removed meanwhile may be seen or not.
   */
  void forEach(Consumer<IndexEntry> visitor);

  /** Entries. */
  long size();

  @Override
  void close();
}
