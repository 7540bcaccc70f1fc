package io.kvasir.offload.store;

import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.offload.index.IndexEntry;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Which block lies in which slot of one tier, as long as the process lives. Different slots may be
 * used by different threads at once; what one slot may do is {@link TierStore}'s rule.
 */
final class SlotDirectory {
  private final boolean[] present;
  private final long[] hashHi;
  private final long[] hashLo;
  private final int[] tokens;
  private final int[] generation;
  private final int[] saltTag;
  private final long[] lastUseMillis;

  SlotDirectory(int slotCount) {
    present = new boolean[slotCount];
    hashHi = new long[slotCount];
    hashLo = new long[slotCount];
    tokens = new int[slotCount];
    generation = new int[slotCount];
    saltTag = new int[slotCount];
    lastUseMillis = new long[slotCount];
  }

  boolean present(int slot) {
    return present[slot];
  }

  long hashHi(int slot) {
    return hashHi[slot];
  }

  long hashLo(int slot) {
    return hashLo[slot];
  }

  void put(BlockTransfer block, long nowMillis) {
    int slot = block.slot;
    hashHi[slot] = block.hashHi;
    hashLo[slot] = block.hashLo;
    tokens[slot] = block.tokens;
    generation[slot] = block.generation;
    saltTag[slot] = block.saltTag;
    lastUseMillis[slot] = nowMillis;
    present[slot] = true;
  }

  void put(IndexEntry entry) {
    int slot = entry.slot();
    hashHi[slot] = entry.hashHi();
    hashLo[slot] = entry.hashLo();
    tokens[slot] = entry.tokens();
    generation[slot] = entry.generation();
    saltTag[slot] = entry.saltTag();
    lastUseMillis[slot] = entry.lastUseMillis();
    present[slot] = true;
  }

  void touch(int slot, long nowMillis) {
    lastUseMillis[slot] = nowMillis;
  }

  void remove(int slot) {
    present[slot] = false;
  }

  /** Calls back for every block, most recently used last. */
  void inventory(int tier, Consumer<StoredBlock> found) {
    StoredBlock[] blocks = new StoredBlock[present.length];
    int count = 0;
    for (int slot = 0; slot < present.length; slot++) {
      if (present[slot]) {
        blocks[count++] =
            new StoredBlock(
                tier,
                slot,
                hashHi[slot],
                hashLo[slot],
                tokens[slot],
                generation[slot],
                saltTag[slot],
                lastUseMillis[slot]);
      }
    }
    Arrays.sort(blocks, 0, count, (a, b) -> Long.compare(a.lastUseMillis(), b.lastUseMillis()));
    for (int i = 0; i < count; i++) {
      found.accept(blocks[i]);
    }
  }
}
