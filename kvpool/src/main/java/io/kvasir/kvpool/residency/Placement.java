package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.TierKind;
import java.util.Arrays;

/**
 * Which tier a block is put into, by what copies were measured to cost.
 *
 * <p><b>A swap-out</b> will be loaded with a request waiting, so it is divided over the memory
 * tiers, DRAM and CXL, such that their loads end together: both links work at once, and a block
 * goes to CXL where it would arrive sooner than behind all those that DRAM holds already. Each next
 * portion goes to the tier that would have loaded it first; for equal portions no other division
 * ends earlier, up to one portion. Stores end together as far as the tiers' bandwidths have the
 * same ratio both ways. A request's blocks are dealt out in order, so each tier gets one run of
 * them, the fastest tier the front: a prefix is what others find, too. SSD and REMOTE get what the
 * memory tiers have no room for.
 *
 * <p><b>A tier that is worse than computing</b> gets nothing: one whose share would take longer to
 * load than its tokens to compute. Its share goes to the others. Whoever wants KV kept whatever it
 * costs turns this rule off.
 *
 * <p><b>Cold blocks</b>, which nobody waits for, go to CXL while it has free slots, and leave DRAM
 * to swap-outs: they take free slots of it up to {@link #COLD_SHARE} of its limit. Then the oldest
 * blocks on CXL make room, then the tiers below. Without CXL memory there is no better place than
 * DRAM, and keeping a part of it empty would gain nothing: a swap-out takes the place of an unowned
 * block without a copy.
 *
 * <p>Confined to the scheduler loop; allocates nothing after construction.
 */
final class Placement {
  /** Share of DRAM that cold blocks may fill where there is CXL memory: a half. */
  static final int COLD_SHARE = 2;

  /** A division is exact to this part of the blocks, and takes at most as many portions. */
  private static final int PORTIONS = 1024;

  private final Tiers tiers;
  private final CostModel costs;
  private final int blockTokens;
  private final boolean hasCxl;
  private final int[] held;
  private final int[] rooms;
  private final int[] shares;
  private final boolean[] open;
  private boolean worthwhileOnly;
  private int saltTag;

  Placement(Tiers tiers, CostModel costs, int blockTokens) {
    this.tiers = tiers;
    this.costs = costs;
    this.blockTokens = blockTokens;
    held = new int[tiers.count()];
    rooms = new int[tiers.count()];
    shares = new int[tiers.count()];
    open = new boolean[tiers.count()];
    boolean cxl = false;
    for (int t = 0; t < tiers.count(); t++) {
      cxl |= tiers.get(t).spec().kind() == TierKind.CXL;
    }
    hasCxl = cxl;
  }

  /**
   * Begins a division.
   *
   * @param saltTag of the request's chain
   * @param worthwhileOnly whether a tier that is worse than computing gets nothing
   */
  void begin(int saltTag, boolean worthwhileOnly) {
    this.worthwhileOnly = worthwhileOnly;
    this.saltTag = saltTag;
    Arrays.fill(held, 0);
    for (int t = 0; t < open.length; t++) {
      open[t] = tiers.admits(t, saltTag);
    }
  }

  /** A block of the request is in that tier already and will be loaded from there. */
  void holds(int tier) {
    held[tier]++;
  }

  /** Divides so many blocks; answers how many found a place. */
  int divide(int blocks) {
    for (int t = 0; t < shares.length; t++) {
      rooms[t] = open[t] ? tiers.room(t, saltTag) : 0;
    }
    int left;
    do {
      left = divideMemory(blocks);
    } while (closeWorse());
    for (int t = 0; t < shares.length; t++) {
      if (!memory(t)) {
        shares[t] = Math.min(left, rooms[t]);
        if (!worthIt(t, shares[t])) {
          close(t);
        }
        left -= shares[t];
      }
    }
    return blocks - left;
  }

  private int divideMemory(int blocks) {
    Arrays.fill(shares, 0);
    int portion = Math.max(1, blocks / PORTIONS);
    int left = blocks;
    int tier = soonest(Math.min(portion, left));
    while (left > 0 && tier != Tiers.NONE) {
      int count = Math.min(Math.min(portion, left), rooms[tier] - shares[tier]);
      shares[tier] += count;
      left -= count;
      tier = soonest(Math.min(portion, left));
    }
    return left;
  }

  /** The memory tier with room that would have loaded so many blocks more first. */
  private int soonest(int count) {
    int best = Tiers.NONE;
    double bestNanos = Double.POSITIVE_INFINITY;
    for (int t = 0; t < shares.length; t++) {
      if (memory(t) && shares[t] < rooms[t]) {
        double nanos = costs.readNanos(t, held[t] + shares[t] + count);
        if (nanos < bestNanos) {
          best = t;
          bestNanos = nanos;
        }
      }
    }
    return best;
  }

  /** Closes the first memory tier that is worse than computing; false if there is none. */
  private boolean closeWorse() {
    for (int t = 0; t < shares.length; t++) {
      if (memory(t) && !worthIt(t, shares[t])) {
        close(t);
        return true;
      }
    }
    return false;
  }

  private void close(int tier) {
    open[tier] = false;
    rooms[tier] = 0;
    shares[tier] = 0;
  }

  private boolean worthIt(int tier, int share) {
    int blocks = held[tier] + share;
    return share == 0
        || !worthwhileOnly
        || costs.movingIsCheaper(costs.readNanos(tier, blocks), blocks * blockTokens);
  }

  /** Blocks of the last division that go to a tier. */
  int share(int tier) {
    return shares[tier];
  }

  /** Time to load what the tiers hold and get by the last division, all at once, nanoseconds. */
  double readNanos() {
    double nanos = 0;
    for (int t = 0; t < shares.length; t++) {
      nanos = Math.max(nanos, costs.readNanos(t, held[t] + shares[t]));
    }
    return nanos;
  }

  /** Time to store what the tiers get by the last division behind what waits, nanoseconds. */
  double writeNanos(CopyLedger ledger) {
    double nanos = 0;
    for (int t = 0; t < shares.length; t++) {
      if (shares[t] > 0) {
        nanos = Math.max(nanos, costs.writeNanos(t, ledger.stores(t) + shares[t]));
      }
    }
    return nanos;
  }

  /** The tier of the next block of the last division, front to back; NONE if there is none. */
  int next() {
    for (int t = 0; t < shares.length; t++) {
      if (shares[t] > 0 && tiers.room(t, saltTag) > 0) {
        shares[t]--;
        return t;
      }
    }
    return Tiers.NONE;
  }

  /** The fastest tier of the last division that has room now; NONE if none has. */
  int anyRoom() {
    for (int t = 0; t < open.length; t++) {
      if (open[t] && tiers.room(t, saltTag) > 0) {
        return t;
      }
    }
    return Tiers.NONE;
  }

  /**
   * The tier of one more cold block; NONE if there is none with room.
   *
   * @param saltTag of its chain
   * @param planned cold blocks that each tier gets besides
   */
  int cold(int saltTag, int[] planned) {
    int tier = hasCxl ? coldFree(TierKind.CXL, 1, saltTag, planned) : Tiers.NONE;
    if (hasCxl && tier == Tiers.NONE) {
      tier = coldFree(TierKind.DRAM, COLD_SHARE, saltTag, planned);
    }
    return tier == Tiers.NONE ? coldWithRoom(saltTag, planned) : tier;
  }

  /** A tier of a kind of which less than one part in {@code share} is used. */
  private int coldFree(TierKind kind, int share, int saltTag, int[] planned) {
    for (int t = 0; t < open.length; t++) {
      TierTable table = tiers.get(t);
      if (table.spec().kind() == kind
          && table.usedSlots() + planned[t] < table.limit() / share
          && tiers.admits(t, saltTag)
          && !tiers.overQuota(t, saltTag)) {
        return t;
      }
    }
    return Tiers.NONE;
  }

  private int coldWithRoom(int saltTag, int[] planned) {
    for (int t = 0; t < open.length; t++) {
      boolean reserved = hasCxl && tiers.get(t).spec().kind() == TierKind.DRAM;
      boolean allowed = tiers.admits(t, saltTag) && !tiers.overQuota(t, saltTag);
      if (!reserved && allowed && tiers.get(t).allocatable() > planned[t]) {
        return t;
      }
    }
    return Tiers.NONE;
  }

  private boolean memory(int tier) {
    TierKind kind = tiers.get(tier).spec().kind();
    return kind == TierKind.DRAM || kind == TierKind.CXL;
  }
}
