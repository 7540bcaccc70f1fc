package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.prefix.SaltTag;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies cached blocks down before their room is needed, so that giving them up costs nothing: what
 * became cached in the device arena goes where {@link Placement} puts cold blocks, and what came to
 * rest in a tier goes to the next one that may hold it, if that one outlives the process or this
 * one is nearly full. Bounded: at most an eighth of the device arena is under way, and nobody waits
 * for it.
 *
 * <p>Confined to the scheduler loop.
 */
final class Demoter {
  private static final int SHARE = 8;
  private static final int MIN_BLOCKS = 4;

  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final Placement placement;
  private final int blockTokens;
  private final int maxBlocks;

  /** Blocks that became cached, of the exact domain and of the lossy one. */
  private final IdRing[] cached;

  private final List<Descent> descents = new ArrayList<>();
  private final long[] batch;
  private final int[] planned;

  /**
   * The way down from a tier to the next one that may hold a block.
   *
   * @param slots that came to rest and may be copied that way
   */
  private record Descent(int from, int to, IdRing slots) {}

  Demoter(BlockPool pool, Tiers tiers, CopyLedger ledger, Placement placement, int blockTokens) {
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
    this.placement = placement;
    this.blockTokens = blockTokens;
    maxBlocks = maxBlocks(pool);
    batch = new long[maxBlocks];
    planned = new int[tiers.count()];
    cached = new IdRing[] {new IdRing(pool.totalBlocks()), new IdRing(pool.totalBlocks())};
    for (int from = 0; from < tiers.count(); from++) {
      for (int to = from + 1; to < tiers.count(); to++) {
        descents.add(new Descent(from, to, new IdRing(tiers.get(from).spec().slotCount())));
      }
    }
    if (tiers.count() > 0) {
      pool.listen(block -> cachedLike(pool.meta().saltTag(block)).add(block));
    }
  }

  private IdRing cachedLike(int saltTag) {
    return cached[SaltTag.lossy(saltTag) ? 1 : 0];
  }

  /** Most blocks that may be under way because nobody waits for them. */
  static int maxBlocks(BlockPool pool) {
    return Math.max(MIN_BLOCKS, pool.totalBlocks() / SHARE);
  }

  /** A copy was observed: what it brought to a tier may go on to the next. */
  void onApplied(CopyJob job, CopyResult result) {
    if (job.kind() == CopyKind.LOAD || job.kind() == CopyKind.PROBE) {
      return;
    }
    int tier = job.kind() == CopyKind.STORE ? job.tier() : job.toTier();
    int[] slots = job.kind() == CopyKind.STORE ? job.slots() : job.toSlots();
    for (int i = 0; i < slots.length; i++) {
      if (result.outcomes().get(i) == CopyOutcome.DONE) {
        onResting(tier, slots[i], job.saltTags()[i]);
      }
    }
  }

  /** A tier holds a block that it did not hold before. */
  void onResting(int tier, int slot, int saltTag) {
    int below = tiers.below(tier, saltTag);
    for (int i = 0; i < descents.size(); i++) {
      Descent descent = descents.get(i);
      if (descent.from == tier && descent.to == below) {
        descent.slots.add(slot);
      }
    }
  }

  /** Orders what there is budget for. */
  void run() {
    int budget = maxBlocks - ledger.backgroundBlocks();
    budget -= store(budget);
    for (int i = 0; i < descents.size(); i++) {
      Descent descent = descents.get(i);
      if (tiers.get(descent.to).spec().persistent() || nearlyFull(tiers.get(descent.from))) {
        budget -= move(descent, budget);
      }
    }
  }

  private int store(int budget) {
    Arrays.fill(planned, 0);
    int count = 0;
    for (IdRing domain : cached) {
      count = take(domain, count, budget);
    }
    for (int t = 0; t < planned.length; t++) {
      ledger.expectSlots(t, planned[t]);
    }
    // Neighbours in the arena become neighbours in the tier: one copy moves them all.
    Arrays.sort(batch, 0, count);
    for (int i = 0; i < count; i++) {
      int block = (int) batch[i];
      int tier = (int) (batch[i] >> Integer.SIZE);
      long hi = pool.meta().hashHi(block);
      long lo = pool.meta().hashLo(block);
      int saltTag = pool.meta().saltTag(block);
      // Blocks of this batch may have used up their owner's quota.
      if (tiers.room(tier, saltTag) > 0) {
        ledger.draftStore(block, tier, hi, lo, blockTokens, saltTag);
      }
    }
    ledger.order(CopyKind.STORE, CopyUrgency.BACKGROUND, null);
    return count;
  }

  /** Adds blocks of a domain to the batch until there are enough, or one finds no place. */
  private int take(IdRing domain, int taken, int budget) {
    int count = taken;
    boolean room = true;
    while (room && count < budget && domain.size() > 0) {
      int block = domain.poll();
      int saltTag = pool.meta().saltTag(block);
      // One that belongs to the other domain by now is in its ring as well.
      if (cachedLike(saltTag) == domain && isWanted(block, saltTag)) {
        int tier = placement.cold(saltTag, planned);
        if (tier == Tiers.NONE) {
          // Where its owner's quota is what is short, the others go on.
          if (!tiers.limits(saltTag)) {
            domain.add(block);
            room = false;
          }
        } else {
          planned[tier]++;
          batch[count++] = (long) tier << Integer.SIZE | block;
        }
      }
    }
    return count;
  }

  /** Whether a block is still cached, in no tier, and some tier may hold it. */
  private boolean isWanted(int block, int saltTag) {
    return pool.state(block) == BlockState.CACHED
        && tiers.findAny(pool.meta().hashHi(block), pool.meta().hashLo(block)) == Tiers.NONE
        && tiers.below(Tiers.NONE, saltTag) != Tiers.NONE;
  }

  private int move(Descent descent, int budget) {
    TierTable source = tiers.get(descent.from);
    TierTable target = tiers.get(descent.to);
    int most = Math.min(budget, target.allocatable());
    int count = 0;
    while (count < most && descent.slots.size() > 0) {
      int slot = descent.slots.poll();
      if (source.state(slot).readable()
          && tiers.below(descent.from, source.meta.saltTags[slot]) == descent.to
          && target.find(source.meta.hashHi[slot], source.meta.hashLo[slot]) == TierTable.NONE) {
        batch[count++] = slot;
      }
    }
    Arrays.sort(batch, 0, count);
    ledger.expectSlots(descent.to, count);
    for (int i = 0; i < count; i++) {
      int slot = (int) batch[i];
      if (tiers.room(descent.to, source.meta.saltTags[slot]) > 0) {
        ledger.draftMove(descent.from, slot, descent.to);
      }
    }
    ledger.orderMoves(descent.from, descent.to);
    return count;
  }

  private static boolean nearlyFull(TierTable tier) {
    return tier.limit() - tier.usedSlots() < Math.max(1, tier.limit() / SHARE);
  }
}
