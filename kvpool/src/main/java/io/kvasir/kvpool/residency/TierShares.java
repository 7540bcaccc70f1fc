package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.prefix.SaltTag;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose blocks are in a tier, and how many of them may be. A block is on the account of the tenant
 * that stored it, told by its {@link SaltTag}, from the moment that its slot is taken until the
 * slot is free. Whoever has used up its quota gives up a block of its own for each new one, in the
 * order of {@link SlotClaims}; where all of them are protected, there is no room for it.
 *
 * <p>Each owner's evictable slots are linked through two arrays, so nothing is searched for.
 * Allocates for an owner's first block and its quota only. Confined to the scheduler loop.
 */
final class TierShares {
  /** A quota that bounds nothing. */
  static final int ANY = Integer.MAX_VALUE;

  private static final int END = -1;

  /** One owner's. */
  private static final class Share {
    final int owner;
    final int[] first = new int[SlotClaims.RANKS];
    final int[] last = new int[SlotClaims.RANKS];
    int used;
    int evictable;
    int quota = ANY;

    Share(int owner) {
      this.owner = owner;
      Arrays.fill(first, END);
      Arrays.fill(last, END);
    }
  }

  private final Map<Integer, Share> byOwner = new HashMap<>();
  private final @Nullable Share[] ofSlot;
  private final int[] next;
  private final int[] prev;

  /** Looked up last; batches are of one owner. */
  private @Nullable Share recent;

  TierShares(int slots) {
    ofSlot = new Share[slots];
    next = new int[slots];
    prev = new int[slots];
  }

  /** Slots that an owner's blocks occupy. */
  int used(int owner) {
    Share share = find(owner);
    return share == null ? 0 : share.used;
  }

  /** Most slots that an owner's blocks may occupy; {@link #ANY} if there is no quota. */
  int quota(int owner) {
    Share share = find(owner);
    return share == null ? ANY : share.quota;
  }

  /** Bounds an owner from now on. What is there already stays until {@link #excess} names it. */
  void setQuota(int owner, int slots) {
    Share share = slots == ANY ? find(owner) : findOrAdd(owner);
    if (share != null) {
      share.quota = slots;
      drop(share);
    }
  }

  /** Slots that its quota lets a tag's owner take now, in place of blocks of its own. */
  int room(int saltTag) {
    Share share = find(SaltTag.owner(saltTag));
    return share == null || share.quota == ANY
        ? ANY
        : Math.max(0, share.quota - share.used + share.evictable);
  }

  /** Whether a tag's owner has a quota and it is used up. */
  boolean full(int saltTag) {
    Share share = find(SaltTag.owner(saltTag));
    return share != null && share.used >= share.quota;
  }

  /**
   * The evictable slot that a tag's owner is to give up next so that it occupies no more than its
   * quota with {@code more} slots; {@link TierTable#NONE} if there is no need or none.
   */
  int excess(int saltTag, int more) {
    Share share = find(SaltTag.owner(saltTag));
    if (share == null || share.quota == ANY || share.used + more <= share.quota) {
      return TierTable.NONE;
    }
    for (int first : share.first) {
      if (first != END) {
        return first;
      }
    }
    return TierTable.NONE;
  }

  /** A slot is taken by a block with that tag. */
  void take(int slot, int saltTag) {
    Share share = findOrAdd(SaltTag.owner(saltTag));
    share.used++;
    ofSlot[slot] = share;
  }

  /** A slot is free. */
  void give(int slot) {
    Share share = of(slot);
    share.used--;
    ofSlot[slot] = null;
    drop(share);
  }

  /** A slot may be evicted from now on. */
  void rest(int slot, int rank) {
    Share share = of(slot);
    int before = share.last[rank];
    prev[slot] = before;
    next[slot] = END;
    share.last[rank] = slot;
    if (before == END) {
      share.first[rank] = slot;
    } else {
      next[before] = slot;
    }
    share.evictable++;
  }

  /** A slot that rested with that rank may not be evicted any more. */
  void stir(int slot, int rank) {
    Share share = of(slot);
    if (prev[slot] == END) {
      share.first[rank] = next[slot];
    } else {
      next[prev[slot]] = next[slot];
    }
    if (next[slot] == END) {
      share.last[rank] = prev[slot];
    } else {
      prev[next[slot]] = prev[slot];
    }
    share.evictable--;
  }

  /** Recounts from the slots; one sentence per contradiction. */
  void check(SlotMeta meta, List<String> violations) {
    Map<Integer, Integer> used = new HashMap<>();
    Map<Integer, Integer> evictable = new HashMap<>();
    for (int slot = 0; slot < ofSlot.length; slot++) {
      Share share = ofSlot[slot];
      SlotState state = meta.state(slot);
      int owner = SaltTag.owner(meta.saltTags[slot]);
      if (share == null ? state != SlotState.ABSENT : share.owner != owner) {
        violations.add("%s slot %d is on the wrong account".formatted(state, slot));
      } else if (share != null) {
        used.merge(owner, 1, Integer::sum);
        boolean rests = state == SlotState.RESIDENT && meta.pins[slot] == 0;
        evictable.merge(owner, rests ? 1 : 0, Integer::sum);
      }
    }
    for (Share share : byOwner.values()) {
      int linked = 0;
      for (int slot : share.first) {
        for (int s = slot; s != END; s = next[s]) {
          linked++;
        }
      }
      if (share.used != used.getOrDefault(share.owner, 0)
          || share.evictable != evictable.getOrDefault(share.owner, 0)
          || share.evictable != linked
          || (share.used == 0 && share.quota == ANY)) {
        violations.add(
            "an owner of %d slots, %d evictable, %d linked, has %s and %s"
                .formatted(
                    share.used,
                    share.evictable,
                    linked,
                    used.get(share.owner),
                    evictable.get(share.owner)));
      }
    }
  }

  private Share of(int slot) {
    Share share = ofSlot[slot];
    if (share == null) {
      throw new IllegalStateException("slot " + slot + " is nobody's");
    }
    return share;
  }

  private @Nullable Share find(int owner) {
    Share share = recent;
    if (share == null || share.owner != owner) {
      share = byOwner.get(owner);
      recent = share;
    }
    return share;
  }

  private Share findOrAdd(int owner) {
    Share share = find(owner);
    if (share == null) {
      share = new Share(owner);
      byOwner.put(owner, share);
      recent = share;
    }
    return share;
  }

  private void drop(Share share) {
    if (share.used == 0 && share.quota == ANY) {
      byOwner.remove(share.owner);
      recent = null;
    }
  }
}
