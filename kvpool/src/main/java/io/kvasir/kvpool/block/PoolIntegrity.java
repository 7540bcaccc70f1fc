package io.kvasir.kvpool.block;

import io.kvasir.kvpool.evict.FreeBlockQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * Recounts a pool from its primary facts, the tables and the blocks' states, and compares every
 * derived structure with the count. Reads only; makes garbage; O(blocks + table entries).
 */
final class PoolIntegrity {
  private final BlockPool pool;
  private final BlockMeta meta;
  private final List<String> violations = new ArrayList<>();

  PoolIntegrity(BlockPool pool) {
    this.pool = pool;
    this.meta = pool.meta;
  }

  List<String> violations() {
    checkConservation();
    checkReferences();
    for (int block = 0; block < meta.blockCount; block++) {
      checkBlock(block);
    }
    checkFreeLinks();
    return List.copyOf(violations);
  }

  private void checkConservation() {
    int[] counts = new int[BlockState.values().length];
    for (int block = 0; block < meta.blockCount; block++) {
      counts[meta.states[block]]++;
    }
    int inFlight = 0;
    for (int block = 0; block < meta.blockCount; block++) {
      inFlight += meta.references[block] == 0 && meta.holds[block] > 0 ? 1 : 0;
    }
    int owned = counts[BlockState.OWNED.code] + counts[BlockState.REGISTERED.code] - inFlight;
    int cached = counts[BlockState.CACHED.code];
    expect("free blocks", counts[BlockState.FREE.code], pool.freeBlocks());
    expect("owned blocks", owned, pool.ownedBlocks());
    expect("cached blocks", cached, pool.cachedBlocks());
    expect("blocks in flight", inFlight, pool.inFlightBlocks());
    expect("indexed hashes", counts[BlockState.REGISTERED.code] + cached, pool.index.size());
    expect(
        "free + owned + cached + in flight",
        meta.blockCount,
        pool.freeBlocks() + pool.ownedBlocks() + pool.cachedBlocks() + pool.inFlightBlocks());
  }

  private void checkReferences() {
    int[] references = new int[meta.blockCount];
    BlockTable previous = null;
    for (BlockTable table = pool.live.first(); table != null; table = table.nextLive) {
      if (table.previousLive != previous) {
        violations.add("the list of live tables is broken before table " + table);
        return;
      }
      if (table.count == 0 || table.committed > table.count) {
        violations.add("live table %s has committed %d".formatted(table, table.committed));
      }
      for (int i = 0; i < table.count; i++) {
        int block = table.blocks[i];
        references[block]++;
        if (table.generations[i] != meta.generations[block]) {
          violations.add(
              "entry %d of table %s is of generation %d, block %d of %d"
                  .formatted(i, table, table.generations[i], block, meta.generations[block]));
        }
      }
      previous = table;
    }
    for (int block = 0; block < meta.blockCount; block++) {
      expect("references of block " + block, references[block], meta.references[block]);
    }
  }

  private void checkBlock(int block) {
    BlockState state = meta.state(block);
    String name = state + " block " + block;
    int references = meta.references[block];
    int holds = meta.holds[block];
    boolean plausible =
        switch (state) {
          case FREE, CACHED -> references == 0 && holds == 0;
          case OWNED -> references <= 1 && references + holds >= 1;
          case REGISTERED -> references + holds >= 1;
        };
    if (!plausible) {
      violations.add("%s has %d references, %d holds".formatted(name, references, holds));
    }
    if (pool.free.contains(block) != (state == BlockState.FREE)) {
      violations.add(name + (state == BlockState.FREE ? " is not" : " is") + " in the free queue");
    }
    if (pool.evictable.contains(block) != (state == BlockState.CACHED)) {
      violations.add(name + (state == BlockState.CACHED ? " is not" : " is") + " evictable");
    }
    if (state.indexed()) {
      int found = pool.index.find(meta.hashHi[block], meta.hashLo[block]);
      if (found != block) {
        violations.add(name + " is registered, but its hash finds " + found);
      }
    }
  }

  private void checkFreeLinks() {
    int count = 0;
    int block = pool.free.first();
    while (block != FreeBlockQueue.END && count <= meta.blockCount) {
      count++;
      block = pool.free.after(block);
    }
    expect("blocks linked in the free queue", pool.free.size(), count);
  }

  private void expect(String what, int expected, int actual) {
    if (expected != actual) {
      violations.add("%s: counted %d, recorded %d".formatted(what, expected, actual));
    }
  }
}
