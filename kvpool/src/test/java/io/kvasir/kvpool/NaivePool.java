package io.kvasir.kvpool;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pool's rules in plain collections, as the oracle of {@link KvPool}. It knows no hashes: a
 * prefix is its tenant and its tokens. It keeps no counts: they are counted when asked for.
 */
final class NaivePool {
  /** What a block's KV depends on. */
  record Prefix(String tenant, List<Integer> tokens) {}

  private final int blockTokens;

  /** Given away from the front. */
  private final Deque<Integer> free = new ArrayDeque<>();

  /** Cached blocks and what they hold, the next victim first. */
  private final LinkedHashMap<Integer, Prefix> cached = new LinkedHashMap<>();

  /** References of the blocks that have any. */
  private final Map<Integer, Integer> references = new HashMap<>();

  /** The block of every prefix that can be matched, referenced or not. */
  private final Map<Prefix, Integer> registered = new HashMap<>();

  NaivePool(int blockCount, int blockTokens) {
    this.blockTokens = blockTokens;
    for (int block = 0; block < blockCount; block++) {
      free.addLast(block);
    }
  }

  List<Integer> match(String tenant, List<Integer> tokens, int maxBlocks) {
    List<Integer> blocks = new ArrayList<>();
    for (int i = 0; i < Math.min(maxBlocks, tokens.size() / blockTokens); i++) {
      Integer block = registered.get(prefix(tenant, tokens, i));
      if (block == null) {
        break;
      }
      blocks.add(block);
    }
    return blocks;
  }

  Allocation admit(
      List<Integer> table,
      String tenant,
      List<Integer> tokens,
      int maxShared,
      int count,
      int reserve) {
    int needed = Math.ceilDiv(count, blockTokens);
    List<Integer> shared = match(tenant, tokens, Math.min(maxShared, needed));
    long stay = shared.stream().filter(cached::containsKey).count();
    int missing = needed - shared.size() + reserve - (allocatable() - (int) stay);
    if (missing > 0) {
      return new Insufficient(missing);
    }
    for (int block : shared) {
      cached.remove(block);
      references.merge(block, 1, Integer::sum);
      table.add(block);
    }
    take(table, needed - shared.size());
    return new Granted(needed - shared.size(), shared.size());
  }

  Allocation grow(List<Integer> table, int count, int reserve) {
    int fresh = Math.max(0, Math.ceilDiv(count, blockTokens) - table.size());
    int missing = fresh + reserve - allocatable();
    if (fresh > 0 && missing > 0) {
      return new Insufficient(missing);
    }
    take(table, fresh);
    return new Granted(fresh, 0);
  }

  /** A block gets one chance, when its last token was computed: a duplicate stays private. */
  void commit(List<Integer> table, String tenant, List<Integer> tokens, int before, int computed) {
    for (int i = before / blockTokens; i < computed / blockTokens; i++) {
      registered.putIfAbsent(prefix(tenant, tokens, i), table.get(i));
    }
  }

  void release(List<Integer> table) {
    for (int block : table.reversed()) {
      if (references.merge(block, -1, Integer::sum) == 0) {
        references.remove(block);
        registered.forEach((prefix, holder) -> {
          if (holder == block) {
            cached.put(block, prefix);
          }
        });
        if (!cached.containsKey(block)) {
          free.addFirst(block);
        }
      }
    }
    table.clear();
  }

  void reset() {
    while (!cached.isEmpty()) {
      evict();
    }
  }

  int freeBlocks() {
    return free.size();
  }

  int ownedBlocks() {
    return references.size();
  }

  int cachedBlocks() {
    return cached.size();
  }

  private int allocatable() {
    return free.size() + cached.size();
  }

  private void take(List<Integer> table, int count) {
    while (free.size() < count) {
      evict();
    }
    for (int i = 0; i < count; i++) {
      int block = free.removeFirst();
      references.put(block, 1);
      table.add(block);
    }
  }

  private void evict() {
    Map.Entry<Integer, Prefix> victim = cached.pollFirstEntry();
    registered.remove(victim.getValue());
    free.addFirst(victim.getKey());
  }

  private Prefix prefix(String tenant, List<Integer> tokens, int block) {
    return new Prefix(tenant, List.copyOf(tokens.subList(0, (block + 1) * blockTokens)));
  }
}
