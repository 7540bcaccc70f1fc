package io.kvasir.offload.index;

import java.util.function.Consumer;

/**
 * Where each block of a persistent tier lies: block hash → {@link IndexEntry}. Any thread may call.
 * After a crash it may have lost entries or hold stale ones; records verify themselves, so a stale
 * entry is a MISS.
 */
public interface BlockIndex extends AutoCloseable {

  /**
   * Adds or replaces the entry of a hash.
   *
   * @return false if the index is full; nothing changed then
   */
  boolean put(IndexEntry entry);

  /** Removes the entry of a hash, if it names this slot. */
  void remove(long hashHi, long hashLo, int slot);

  /** Notes that a block was used, if the hash is known. */
  void touch(long hashHi, long hashLo, long lastUseMillis);

  /** Calls back for every entry, in any order. */
  void forEach(Consumer<IndexEntry> visitor);

  /** Entries. */
  long size();

  @Override
  void close();
}
