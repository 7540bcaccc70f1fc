package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;

/**
 * One swap-out at a time: pins what a tier holds of a request and stores the rest, in one job per
 * tier and divided as {@link Placement} says. What is there already is pinned first, so that
 * nothing that is stored evicts it; where the tiers are full the blocks at the end are given up for
 * those in front of them, because only a prefix is of use.
 *
 * <p>Confined to the scheduler loop.
 */
final class SwapOut {
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final Placement placement;
  private final ResidencyTotals totals;
  private final int blockTokens;

  SwapOut(
      Tiers tiers,
      CopyLedger ledger,
      Placement placement,
      ResidencyTotals totals,
      int blockTokens) {
    this.tiers = tiers;
    this.ledger = ledger;
    this.placement = placement;
    this.totals = totals;
    this.blockTokens = blockTokens;
  }

  /** See {@link Residency#swapOut}. */
  int run(
      BlockTable table,
      HashChain chain,
      int computedTokens,
      RequestCopies copies,
      boolean worthwhileOnly) {
    tiers.forget(copies);
    copies.pinned = true;
    int full = computedTokens / blockTokens;
    int tail = computedTokens % blockTokens;
    int blocks = full + (tail > 0 ? 1 : 0);
    placement.begin(chain.saltTag(), worthwhileOnly);
    int found = 0;
    for (int i = 0; i < blocks; i++) {
      if (pin(copies, i, hi(chain, i, full), lo(chain, i, full))) {
        placement.holds(copies.tiers[i]);
        found++;
      }
    }
    placement.divide(blocks - found);
    for (int t = 0; t < tiers.count(); t++) {
      ledger.expectSlots(t, placement.share(t));
    }
    int stored = 0;
    int i = 0;
    while (i < blocks) {
      long hi = hi(chain, i, full);
      long lo = lo(chain, i, full);
      if (!copies.has(i) && !pin(copies, i, hi, lo)) {
        int tier = roomFor(i, copies);
        if (tier == Tiers.NONE) {
          break;
        }
        int tokens = i < full ? blockTokens : tail;
        ledger.draftStore(table.blockId(i), tier, hi, lo, tokens, chain.saltTag());
        pin(copies, i, hi, lo);
        stored++;
      }
      i++;
    }
    copies.truncate(i);
    ledger.order(CopyKind.STORE, CopyUrgency.SWAP_OUT, null);
    totals.countSwapOut(stored, i - stored);
    return i == blocks ? computedTokens : i * blockTokens;
  }

  /** Pins a block if a tier holds it, or is about to. */
  private boolean pin(RequestCopies copies, int i, long hi, long lo) {
    int tier = tiers.findAny(hi, lo);
    if (tier == Tiers.NONE) {
      return false;
    }
    TierTable table = tiers.get(tier);
    int slot = table.find(hi, lo);
    table.pin(slot);
    copies.set(i, tier, slot, table.meta.life(slot));
    return true;
  }

  /** A tier with room for block {@code i}; from the last on, blocks behind it are given up. */
  private int roomFor(int i, RequestCopies copies) {
    int tier = placement.next();
    while (tier == Tiers.NONE && copies.count > i + 1) {
      int last = copies.count - 1;
      tiers.unpin(copies, last, 0);
      copies.truncate(last);
      tier = placement.anyRoom();
    }
    return tier;
  }

  private static long hi(HashChain chain, int i, int full) {
    return i < full ? chain.hi(i) : chain.tailHi();
  }

  private static long lo(HashChain chain, int i, int full) {
    return i < full ? chain.lo(i) : chain.tailLo();
  }
}
