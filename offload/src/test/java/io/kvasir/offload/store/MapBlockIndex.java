package io.kvasir.offload.store;

import io.kvasir.offload.index.BlockIndex;
import io.kvasir.offload.index.IndexEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An index on the heap that outlives its stores, and notes what was done to it. */
final class MapBlockIndex implements BlockIndex {
  private record Hash(long hi, long lo) {}

  private final Map<Hash, IndexEntry> entries = new LinkedHashMap<>();
  private final int capacity;
  final List<String> journal = new ArrayList<>();

  MapBlockIndex(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public synchronized boolean put(IndexEntry entry) {
    Hash hash = new Hash(entry.hashHi(), entry.hashLo());
    if (entries.size() == capacity && !entries.containsKey(hash)) {
      return false;
    }
    journal.add("put " + entry.slot());
    entries.put(hash, entry);
    return true;
  }

  @Override
  public synchronized void remove(long hashHi, long hashLo, int slot) {
    IndexEntry entry = entries.get(new Hash(hashHi, hashLo));
    if (entry != null && entry.slot() == slot) {
      journal.add("remove " + slot);
      entries.remove(new Hash(hashHi, hashLo));
    }
  }

  @Override
  public synchronized void touch(long hashHi, long hashLo, long lastUseMillis) {
    entries.computeIfPresent(
        new Hash(hashHi, hashLo),
        (_, e) ->
            new IndexEntry(
                e.hashHi(),
                e.hashLo(),
                e.slot(),
                e.extentOffset(),
                e.extentBytes(),
                e.length(),
                e.codec(),
                e.checksum(),
                e.fingerprint(),
                e.saltTag(),
                e.tokens(),
                e.generation(),
                lastUseMillis));
  }

  @Override
  public synchronized void forEach(Consumer<IndexEntry> visitor) {
    List.copyOf(entries.values()).forEach(visitor);
  }

  @Override
  public synchronized long size() {
    return entries.size();
  }

  @Override
  public void close() {}
}
