package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.prefix.HashChain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The baseline of {@link BlockPoolBenchmark}: one table in a pool of boxed collections. */
final class CollectionsPool {
  private record Hash(long hi, long lo) {}

  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final LinkedHashMap<Integer, Hash> cached = new LinkedHashMap<>();
  private final Map<Hash, Integer> registered = new HashMap<>();
  private final List<Integer> table = new ArrayList<>();

  CollectionsPool(int blockCount) {
    for (int block = 0; block < blockCount; block++) {
      free.addLast(block);
    }
  }

  void allocate(int count) {
    for (int i = 0; i < count; i++) {
      if (free.isEmpty()) {
        Map.Entry<Integer, Hash> victim = cached.pollFirstEntry();
        registered.remove(victim.getValue());
        table.add(victim.getKey());
      } else {
        table.add(free.pollFirst());
      }
    }
  }

  /** Empties the table into the free blocks; answers their number. */
  int free() {
    for (int i = table.size() - 1; i >= 0; i--) {
      free.addFirst(table.get(i));
    }
    table.clear();
    return free.size();
  }

  /** Empties the table into the cached blocks, under the hashes of a chain. */
  int cache(HashChain chain) {
    for (int i = table.size() - 1; i >= 0; i--) {
      Hash hash = new Hash(chain.hi(i), chain.lo(i));
      registered.put(hash, table.get(i));
      cached.put(table.get(i), hash);
    }
    table.clear();
    return cached.size();
  }
}
