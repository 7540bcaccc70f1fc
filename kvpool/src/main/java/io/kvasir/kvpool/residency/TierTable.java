package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.evict.FreeBlockQueue;
import io.kvasir.kvpool.prefix.OpenPrefixIndex;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;

/**
 * The slots of one lower tier: a state machine per slot, an index by hash, pins and an order of
 * eviction. {@code free + storing + resident + loading + evicting == slots} after every operation.
 *
 * <p>A pin protects a block that a swapped request needs. A slot without pins is evictable while it
 * is RESIDENT: lowest rank first, least recently used first among equals. Rank 0 is a block that no
 * live request owns; a running request's copies have the rank of its priority class.
 *
 * <p>Confined to the scheduler loop. Allocates nothing after construction.
 */
public final class TierTable {
  /** Answered instead of a slot where there is none. */
  public static final int NONE = -1;

  /** Ranks are 0 to RANKS - 1. */
  public static final int RANKS = 4;

  final SlotMeta meta;
  final FreeBlockQueue free;
  final RankedQueues evictable;
  final PrefixIndex index;

  private final TierSpec spec;
  private final int[] counts = new int[SlotState.values().length];
  private int limit;
  private long evictions;

  /** Makes a table of ABSENT slots. */
  public TierTable(TierSpec spec) {
    this.spec = spec;
    int slots = spec.slotCount();
    meta = new SlotMeta(slots);
    free = new FreeBlockQueue(slots);
    index = new OpenPrefixIndex(slots);
    evictable = new RankedQueues(slots);
    for (int slot = 0; slot < slots; slot++) {
      free.addLast(slot);
    }
    counts[SlotState.ABSENT.code] = slots;
    limit = slots;
  }

  public TierSpec spec() {
    return spec;
  }

  /** What is known of each slot. */
  public SlotMeta meta() {
    return meta;
  }

  /** Slots in a state. */
  public int count(SlotState state) {
    return counts[state.code];
  }

  /** Slots that are not ABSENT. */
  public int usedSlots() {
    return meta.slotCount - count(SlotState.ABSENT);
  }

  /** Most slots that may be used; see {@link #setLimit}. */
  public int limit() {
    return limit;
  }

  /** Blocks given up so far. */
  public long evictions() {
    return evictions;
  }

  /** Slots that {@link #beginStore} can take now. */
  public int allocatable() {
    return Math.max(0, limit - usedSlots() + evictable.size());
  }

  /**
   * Lowers or raises how many slots may be used, and evicts what can be evicted now; the rest
   * follows as pins and copies end, since nothing is stored while there are too many.
   */
  public void setLimit(int slots) {
    if (slots < 0 || slots > meta.slotCount) {
      throw new IllegalArgumentException(
          "limit of tier %s must be 0 to %d slots, is %d"
              .formatted(spec.name(), meta.slotCount, slots));
    }
    limit = slots;
    shrink();
  }

  /** Takes over a block that the tier held when its worker connected. False if it is no use. */
  public boolean restore(StoredBlock block) {
    int slot = block.slot();
    if (slot < 0
        || slot >= meta.slotCount
        || state(slot) != SlotState.ABSENT
        || usedSlots() >= limit
        || index.putIfAbsent(block.hashHi(), block.hashLo(), slot) != PrefixIndex.ABSENT) {
      return false;
    }
    free.remove(slot);
    meta.describe(
        slot, block.hashHi(), block.hashLo(), block.tokens(), block.saltTag(), block.generation());
    move(slot, SlotState.RESIDENT);
    evictable.add(slot, 0);
    return true;
  }

  /** The slot of a hash in any state that is indexed, or {@link #NONE}. */
  public int find(long hi, long lo) {
    int slot = index.find(hi, lo);
    return slot == PrefixIndex.ABSENT ? NONE : slot;
  }

  public SlotState state(int slot) {
    return meta.state(slot);
  }

  /**
   * Takes a slot for a block that is in no slot yet, evicting if needed; {@link #NONE} if all are
   * protected.
   *
   * @param generation number of the record that will be written
   */
  public int beginStore(long hi, long lo, int tokens, int saltTag, int generation) {
    if (allocatable() == 0) {
      return NONE;
    }
    if (usedSlots() >= limit) {
      evict(evictable.victim());
    }
    int slot = free.pollFirst();
    if (index.putIfAbsent(hi, lo, slot) != PrefixIndex.ABSENT) {
      throw new IllegalStateException(
          "hash %016x%016x is in tier %s already".formatted(hi, lo, spec.name()));
    }
    meta.describe(slot, hi, lo, tokens, saltTag, generation);
    move(slot, SlotState.STORING);
    return slot;
  }

  /** The copy that writes a slot was observed. */
  public void endStore(int slot, boolean done) {
    if (state(slot) == SlotState.EVICTING) {
      clear(slot);
    } else if (!done) {
      index.remove(meta.hashHi[slot], meta.hashLo[slot]);
      clear(slot);
    } else {
      move(slot, SlotState.RESIDENT);
      settle(slot);
    }
    shrink();
  }

  /** A copy reads a readable slot from now on. */
  public void beginRead(int slot) {
    if (state(slot) == SlotState.RESIDENT) {
      if (meta.pins[slot] == 0) {
        evictable.remove(slot, meta.ranks[slot]);
      }
      move(slot, SlotState.LOADING);
    } else if (state(slot) != SlotState.LOADING) {
      throw new IllegalStateException("slot %d is %s".formatted(slot, state(slot)));
    }
    meta.readers[slot]++;
  }

  /**
   * A copy that reads a slot was observed.
   *
   * @param good false if the slot turned out not to hold its block: it is not found any more
   */
  public void endRead(int slot, boolean good) {
    if (meta.readers[slot] == 0) {
      throw new IllegalStateException("nobody reads slot " + slot);
    }
    if (!good && state(slot) == SlotState.LOADING) {
      unindex(slot);
    }
    if (--meta.readers[slot] == 0) {
      if (state(slot) == SlotState.EVICTING) {
        clear(slot);
      } else {
        move(slot, SlotState.RESIDENT);
        settle(slot);
      }
    }
    shrink();
  }

  /** A request needs the block: it stays until {@link #unpin}. */
  public void pin(int slot) {
    if (!state(slot).indexed()) {
      throw new IllegalStateException("slot %d is %s".formatted(slot, state(slot)));
    }
    if (meta.pins[slot]++ == 0 && state(slot) == SlotState.RESIDENT) {
      evictable.remove(slot, meta.ranks[slot]);
    }
  }

  /**
   * Ends one pin, unless the block the pin was for is gone.
   *
   * @param life of the slot when it was pinned
   * @param rank of eviction from now on
   */
  public void unpin(int slot, int life, int rank) {
    if (!holds(slot, life)) {
      return;
    }
    if (meta.pins[slot] == 0) {
      throw new IllegalStateException("slot " + slot + " is not pinned");
    }
    boolean queued = --meta.pins[slot] == 0 && state(slot) == SlotState.RESIDENT;
    meta.ranks[slot] = (byte) Math.max(meta.pins[slot] > 0 ? meta.ranks[slot] : 0, rank);
    if (queued) {
      evictable.add(slot, meta.ranks[slot]);
      shrink();
    }
  }

  /** Gives a block another rank of eviction, unless it is gone. */
  public void rank(int slot, int life, int rank) {
    if (!holds(slot, life) || meta.ranks[slot] == rank) {
      return;
    }
    boolean queued = evictable.contains(slot, meta.ranks[slot]);
    if (queued) {
      evictable.remove(slot, meta.ranks[slot]);
    }
    meta.ranks[slot] = (byte) rank;
    if (queued) {
      evictable.add(slot, rank);
    }
  }

  /** Whether a slot still holds, or is about to hold, the block of that life. */
  boolean holds(int slot, int life) {
    return meta.lives[slot] == life && state(slot).indexed();
  }

  /** Gives a block up, whatever protects it; copies in flight go on and are not read after. */
  public void evict(int slot) {
    switch (state(slot)) {
      case RESIDENT -> {
        if (meta.pins[slot] == 0) {
          evictable.remove(slot, meta.ranks[slot]);
        }
        evictions++;
        index.remove(meta.hashHi[slot], meta.hashLo[slot]);
        clear(slot);
      }
      case STORING, LOADING -> {
        evictions++;
        unindex(slot);
      }
      case ABSENT, EVICTING -> throw new IllegalStateException("slot " + slot + " holds nothing");
    }
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    return new TierIntegrity(this).violations();
  }

  private void shrink() {
    while (usedSlots() > limit && evictable.size() > 0) {
      evict(evictable.victim());
    }
  }

  private void settle(int slot) {
    if (meta.pins[slot] == 0) {
      evictable.add(slot, meta.ranks[slot]);
    }
  }

  private void unindex(int slot) {
    index.remove(meta.hashHi[slot], meta.hashLo[slot]);
    move(slot, SlotState.EVICTING);
  }

  private void clear(int slot) {
    meta.pins[slot] = 0;
    move(slot, SlotState.ABSENT);
    free.addFirst(slot);
  }

  private void move(int slot, SlotState to) {
    counts[meta.states[slot]]--;
    meta.move(slot, to);
    counts[to.code]++;
  }
}
