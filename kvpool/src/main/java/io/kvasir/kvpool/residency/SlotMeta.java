package io.kvasir.kvpool.residency;

/**
 * The metadata of all slots of a tier as a struct of arrays, 46 bytes per slot. {@link TierTable}
 * is the only writer.
 *
 * <pre>
 *   states       byte   code of the SlotState
 *   ranks        byte   class of eviction, lowest first
 *   readers      int    copies in flight that read the slot
 *   pins         int    requests that need the block
 *   lives        int    times the slot was taken; names one life of it
 *   generations  int    number of the record in the slot
 *   hashHi, Lo   long   identity of the block; STORING to EVICTING only
 *   tokens       int    leading tokens whose KV counts
 *   saltTags     int    tells the chains of different salts apart
 * </pre>
 */
public final class SlotMeta {
  final int slotCount;
  final byte[] states;
  final byte[] ranks;
  final int[] readers;
  final int[] pins;
  final int[] lives;
  final int[] generations;
  final long[] hashHi;
  final long[] hashLo;
  final int[] tokens;
  final int[] saltTags;

  SlotMeta(int slotCount) {
    this.slotCount = slotCount;
    states = new byte[slotCount];
    ranks = new byte[slotCount];
    readers = new int[slotCount];
    pins = new int[slotCount];
    lives = new int[slotCount];
    generations = new int[slotCount];
    hashHi = new long[slotCount];
    hashLo = new long[slotCount];
    tokens = new int[slotCount];
    saltTags = new int[slotCount];
  }

  SlotState state(int slot) {
    return SlotState.ofCode(states[slot]);
  }

  /**
   * Moves a slot to another state.
   *
   * @throws IllegalStateException if the slot's state does not lead there
   */
  void move(int slot, SlotState to) {
    SlotState from = state(slot);
    if (!from.leadsTo(to)) {
      throw new IllegalStateException("slot %d: illegal move %s -> %s".formatted(slot, from, to));
    }
    states[slot] = to.code;
  }

  /** A new life begins. */
  void describe(int slot, long hi, long lo, int tokenCount, int saltTag, int generation) {
    lives[slot]++;
    generations[slot] = generation;
    hashHi[slot] = hi;
    hashLo[slot] = lo;
    tokens[slot] = tokenCount;
    saltTags[slot] = saltTag;
    ranks[slot] = 0;
  }

  /** Names this life of a slot. */
  public int life(int slot) {
    return lives[slot];
  }

  /** Requests that pin a slot. */
  public int pins(int slot) {
    return pins[slot];
  }

  /** Upper half of the hash of the block in a slot. */
  public long hashHi(int slot) {
    return hashHi[slot];
  }

  /** Lower half of the hash of the block in a slot. */
  public long hashLo(int slot) {
    return hashLo[slot];
  }

  /** Leading tokens of the block whose KV counts. */
  public int tokens(int slot) {
    return tokens[slot];
  }

  /** The salt tag of the block in a slot. */
  public int saltTag(int slot) {
    return saltTags[slot];
  }
}
