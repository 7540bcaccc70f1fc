package io.kvasir.kvpool.residency;

import java.util.List;

/**
 * The slots that the {@link BlockKeeper} pins: at most half of each tier's limit, so that others
 * always find room. Confined to the scheduler loop.
 */
final class TierPins {
  private static final int SHARE = 2;

  private final Tiers tiers;
  private final CopyLedger ledger;
  private final int blockTokens;
  private final int[] counts;

  TierPins(Tiers tiers, CopyLedger ledger, int blockTokens) {
    this.tiers = tiers;
    this.ledger = ledger;
    this.blockTokens = blockTokens;
    counts = new int[tiers.count()];
  }

  /** Slots pinned in a tier. */
  int count(int tier) {
    return counts[tier];
  }

  /** Most slots that are pinned in a tier. */
  int bound(int tier) {
    return tiers.get(tier).limit() / SHARE;
  }

  /** Whether any tier has room for one more. */
  boolean hasRoom() {
    for (int t = 0; t < counts.length; t++) {
      if (hasRoom(t)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Announces how many blocks may be stored before the next order; the fastest tier comes first.
   */
  void expectStores(int count) {
    int left = count;
    for (int t = 0; t < counts.length; t++) {
      int here = hasRoom(t) ? Math.min(left, bound(t) - counts[t]) : 0;
      ledger.expectSlots(t, here);
      left -= here;
    }
  }

  /** Whether a tier holds the block of that hash, or is about to. */
  boolean isHeld(long hi, long lo) {
    for (int t = 0; t < counts.length; t++) {
      if (holds(t, hi, lo)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Pins a block in the fastest tier that holds it and may be pinned in; false if there is none.
   */
  boolean pinWhereHeld(KeptBlock block) {
    for (int t = 0; t < counts.length; t++) {
      if (counts[t] < bound(t) && holds(t, block.hi, block.lo)) {
        pin(block, t);
        return true;
      }
    }
    return false;
  }

  /** Drafts the store of a block of the arena and pins the slot; false if no tier has room. */
  boolean store(KeptBlock block, int id) {
    for (int t = 0; t < counts.length; t++) {
      if (hasRoom(t)
          && tiers.room(t, block.saltTag) > 0
          && tiers.get(t).find(block.hi, block.lo) == TierTable.NONE) {
        ledger.draftStore(id, t, block.hi, block.lo, blockTokens, block.saltTag);
        pin(block, t);
        return true;
      }
    }
    return false;
  }

  /** Notices that a pinned copy was lost. */
  void refresh(KeptBlock block) {
    if (block.place >= 0 && !tiers.get(block.place).holds(block.slot, block.life)) {
      counts[block.place]--;
      block.place = BlockKeeper.NOWHERE;
    }
  }

  void unpin(KeptBlock block) {
    tiers.get(block.place).unpin(block.slot, block.life, 0);
    counts[block.place]--;
    block.place = BlockKeeper.NOWHERE;
  }

  /** Recounts; one sentence per contradiction. */
  void check(Iterable<KeptBlock> blocks, List<String> violations) {
    int[] recounted = new int[counts.length];
    for (KeptBlock block : blocks) {
      if (block.place >= 0) {
        recounted[block.place]++;
        TierTable tier = tiers.get(block.place);
        if (tier.holds(block.slot, block.life) && tier.meta.pins(block.slot) == 0) {
          violations.add("kept slot %d of tier %d: no pin".formatted(block.slot, block.place));
        }
      }
    }
    for (int t = 0; t < counts.length; t++) {
      if (recounted[t] != counts[t]) {
        violations.add("tier %d: %d blocks kept, counted %d".formatted(t, recounted[t], counts[t]));
      }
    }
  }

  private void pin(KeptBlock block, int t) {
    TierTable tier = tiers.get(t);
    block.slot = tier.find(block.hi, block.lo);
    block.life = tier.meta.life(block.slot);
    block.place = t;
    tier.pin(block.slot);
    counts[t]++;
  }

  private boolean holds(int tier, long hi, long lo) {
    return tiers.get(tier).find(hi, lo) != TierTable.NONE;
  }

  private boolean hasRoom(int t) {
    return tiers.get(t).allocatable() > 0 && counts[t] < bound(t);
  }
}
