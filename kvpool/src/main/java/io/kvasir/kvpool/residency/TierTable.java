package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.group.GroupAllocator;
import io.kvasir.kvpool.group.GroupOwner;
import io.kvasir.kvpool.group.GroupSizes;
import io.kvasir.kvpool.group.SlotAllocator;
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
 * live request owns; a running request's copies have the rank of its priority class, and one that
 * several own has the highest of theirs.
 *
 * <p>Slots are given to batches of copies, together if announced: one copy moves whole runs.
 * Confined to the scheduler loop. Allocates only as {@link TierShares} does.
 */
public final class TierTable {
  /** Answered instead of a slot where there is none. */
  public static final int NONE = -1;

  /** A batch is announced and does not grow: as little as can be is kept for it. */
  private static final GroupSizes SIZES = new GroupSizes(1, 1);

  final SlotMeta meta;
  final SlotAllocator slots;
  final SlotClaims claims;
  final PrefixIndex index;
  private final RoomMaker room;

  private final TierSpec spec;
  private int limit;
  private long evictions;

  /** Makes a table of ABSENT slots. */
  public TierTable(TierSpec spec) {
    this.spec = spec;
    limit = spec.slotCount();
    meta = new SlotMeta(limit);
    slots = new GroupAllocator(limit, SIZES);
    index = new OpenPrefixIndex(limit);
    claims = new SlotClaims(meta);
    room = new RoomMaker(this);
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
    return meta.count(state);
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
    return Math.max(0, limit - usedSlots() + claims.evictable());
  }

  /**
   * Lowers or raises how many slots may be used, and evicts what can be evicted now; the rest
   * follows as pins and copies end, since nothing is stored while there are too many.
   */
  public void setLimit(int slotCount) {
    if (slotCount < 0 || slotCount > meta.slotCount) {
      throw new IllegalArgumentException(
          "limit of tier %s must be 0 to %d slots, is %d"
              .formatted(spec.name(), meta.slotCount, slotCount));
    }
    limit = slotCount;
    shrink();
  }

  /** Takes over a block that the tier held when its worker connected. False if it is no use. */
  public boolean restore(StoredBlock block) {
    int slot = block.slot();
    if (slot < 0
        || slot >= meta.slotCount
        || state(slot) != SlotState.ABSENT
        || usedSlots() >= limit
        || find(block.hashHi(), block.hashLo()) != NONE
        || !RoomMaker.makeWithinQuota(this, block.saltTag())) {
      return false;
    }
    slots.claim(slot);
    index.putIfAbsent(block.hashHi(), block.hashLo(), slot);
    meta.describe(
        slot, block.hashHi(), block.hashLo(), block.tokens(), block.saltTag(), block.generation());
    meta.move(slot, SlotState.RESIDENT);
    claims.rest(slot);
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
   * Announces that a batch is about to store {@code count} blocks, or as many as there is room for,
   * and evicts for all of them at once, so that they find slots that lie together.
   */
  public void expect(GroupOwner batch, int count) {
    int stored = Math.min(count, allocatable());
    room.make(stored);
    slots.expect(batch, stored);
  }

  /** Ends a batch: slots kept for it and not used are anybody's. */
  public void close(GroupOwner batch) {
    slots.close(batch);
  }

  /**
   * Takes a slot for a block that is in no slot yet, evicting if needed; {@link #NONE} if all are
   * protected, or its owner's quota is used up by such.
   *
   * @param batch what the slots stored next to each other belong to; to be closed
   * @param generation number of the record that will be written
   * @throws IllegalStateException if the block is in a slot; nothing is changed
   */
  public int beginStore(
      GroupOwner batch, long hi, long lo, int tokens, int saltTag, int generation) {
    if (find(hi, lo) != NONE) {
      throw new IllegalStateException(
          "hash %016x%016x is in tier %s already".formatted(hi, lo, spec.name()));
    }
    if (allocatable() == 0 || meta.shares.room(saltTag) == 0) {
      return NONE;
    }
    RoomMaker.makeWithinQuota(this, saltTag);
    if (usedSlots() >= limit) {
      evict(claims.victim());
    }
    int slot = slots.allocate(batch);
    index.putIfAbsent(hi, lo, slot);
    meta.describe(slot, hi, lo, tokens, saltTag, generation);
    meta.move(slot, SlotState.STORING);
    return slot;
  }

  /**
   * The copy that writes a slot was observed.
   *
   * @throws IllegalStateException if none writes it; nothing is changed
   */
  public void endStore(int slot, boolean done) {
    boolean evicted = state(slot) == SlotState.EVICTING && meta.readers[slot] == 0;
    if (state(slot) != SlotState.STORING && !evicted) {
      throw new IllegalStateException("nobody writes slot %d: %s".formatted(slot, state(slot)));
    }
    if (done && !evicted) {
      meta.move(slot, SlotState.RESIDENT);
      claims.rest(slot);
    } else {
      if (!evicted) {
        index.remove(meta.hashHi[slot], meta.hashLo[slot]);
      }
      clear(slot);
    }
    shrink();
  }

  /** A copy reads a readable slot from now on. */
  public void beginRead(int slot) {
    if (state(slot) == SlotState.RESIDENT) {
      claims.stir(slot);
      meta.move(slot, SlotState.LOADING);
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
        meta.move(slot, SlotState.RESIDENT);
        claims.rest(slot);
      }
    }
    shrink();
  }

  /** A request needs the block: it stays until {@link #unpin}. */
  public void pin(int slot) {
    if (!state(slot).indexed()) {
      throw new IllegalStateException("slot %d is %s".formatted(slot, state(slot)));
    }
    claims.pin(slot);
  }

  /**
   * Ends one pin, unless the block the pin was for is gone. Whoever held it owns the copy from now
   * on, until {@link #disown}.
   *
   * @param life of the slot when it was pinned
   * @param rank of the owner; 0 if it does not become one
   */
  public void unpin(int slot, int life, int rank) {
    if (holds(slot, life)) {
      claims.unpin(slot, rank);
      shrink();
    }
  }

  /** An owner of that rank owns the copy no more; nothing is done if the block is gone. */
  public void disown(int slot, int life, int rank) {
    if (holds(slot, life)) {
      claims.disown(slot, rank);
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
        claims.stir(slot);
        index.remove(meta.hashHi[slot], meta.hashLo[slot]);
        clear(slot);
      }
      case STORING, LOADING -> unindex(slot);
      case ABSENT, EVICTING -> throw new IllegalStateException("slot " + slot + " holds nothing");
    }
    evictions++;
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    return new TierIntegrity(this).violations();
  }

  private void shrink() {
    while (usedSlots() > limit && claims.evictable() > 0) {
      evict(claims.victim());
    }
  }

  private void unindex(int slot) {
    index.remove(meta.hashHi[slot], meta.hashLo[slot]);
    meta.move(slot, SlotState.EVICTING);
  }

  private void clear(int slot) {
    meta.letGo(slot);
    meta.move(slot, SlotState.ABSENT);
    slots.free(slot);
  }
}
