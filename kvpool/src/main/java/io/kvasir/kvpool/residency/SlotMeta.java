package io.kvasir.kvpool.residency;

import java.util.Arrays;

/**
 * The metadata of all slots of a tier as a struct of arrays, 66 bytes per slot. {@link TierTable}
 * is the only writer.
 *
 * <pre>
 *   states       byte   code of the SlotState
 *   ranks        byte   class of eviction, lowest first: the highest with an owner, or 0
 *   owners       int[3] running requests of rank 1, 2 and 3 that own the copy
 *   readers      int    copies in flight that read the slot
 *   pins         int    requests that need the block
 *   lives        int    times the slot was taken; names one life of it
 *   generations  int    number of the record in the slot
 *   hashHi, Lo   long   identity of the block; STORING to EVICTING only
 *   tokens       int    leading tokens whose KV counts
 *   saltTags     int    tells the blocks of different tenants apart
 *   shares       12     whose account the slot is on, and two links between evictable ones
 * </pre>
 */
public final class SlotMeta {
  final int slotCount;
  final byte[] states;
  private final int[] counts = new int[SlotState.values().length];
  final byte[] ranks;
  final int[] owners;
  final int[] readers;
  final int[] pins;
  final int[] lives;
  final int[] generations;
  final long[] hashHi;
  final long[] hashLo;
  final int[] tokens;
  final int[] saltTags;
  final TierShares shares;

  SlotMeta(int slotCount) {
    this.slotCount = slotCount;
    states = new byte[slotCount];
    counts[SlotState.ABSENT.code] = slotCount;
    ranks = new byte[slotCount];
    owners = new int[slotCount * (SlotClaims.RANKS - 1)];
    readers = new int[slotCount];
    pins = new int[slotCount];
    lives = new int[slotCount];
    generations = new int[slotCount];
    hashHi = new long[slotCount];
    hashLo = new long[slotCount];
    tokens = new int[slotCount];
    saltTags = new int[slotCount];
    shares = new TierShares(slotCount);
  }

  SlotState state(int slot) {
    return SlotState.ofCode(states[slot]);
  }

  /** Slots in a state. */
  int count(SlotState state) {
    return counts[state.code];
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
    counts[from.code]--;
    states[slot] = to.code;
    counts[to.code]++;
  }

  /** A new life begins. */
  void describe(int slot, long hi, long lo, int tokenCount, int saltTag, int generation) {
    lives[slot]++;
    generations[slot] = generation;
    hashHi[slot] = hi;
    hashLo[slot] = lo;
    tokens[slot] = tokenCount;
    saltTags[slot] = saltTag;
    shares.take(slot, saltTag);
  }

  /** A life ends: nobody needs the block any more. */
  void letGo(int slot) {
    shares.give(slot);
    pins[slot] = 0;
    ranks[slot] = 0;
    int first = slot * (SlotClaims.RANKS - 1);
    Arrays.fill(owners, first, first + SlotClaims.RANKS - 1, 0);
  }

  /** Running requests of a rank of at least 1 that own the copy in a slot. */
  int owners(int slot, int rank) {
    return owners[slot * (SlotClaims.RANKS - 1) + rank - 1];
  }

  /** Counts owners of a rank and puts the slot's own right; rank 0 is nobody. */
  void addOwner(int slot, int rank, int count) {
    if (rank > 0) {
      owners[slot * (SlotClaims.RANKS - 1) + rank - 1] += count;
    }
    int highest = SlotClaims.RANKS - 1;
    while (highest > 0 && owners(slot, highest) == 0) {
      highest--;
    }
    ranks[slot] = (byte) highest;
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
