package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockState;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.prefix.PrefixIndex;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;

/**
 * Orders the loads of restores, part by part, and takes them back; and loads for requests that are
 * not admitted yet. Confined to the scheduler loop.
 */
public final class Loads {
  private final BlockPool pool;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final Prefetch prefetch;

  Loads(BlockPool pool, Tiers tiers, CopyLedger ledger, Prefetch prefetch) {
    this.prefetch = prefetch;
    this.pool = pool;
    this.tiers = tiers;
    this.ledger = ledger;
  }

  /**
   * Begins to load blocks {@code from} to {@code to - 1} of a chain, which are readable now, and
   * the tail behind them. Nothing is ordered yet.
   *
   * @param tailTokens tokens of the chain's hashed tail, which is readable; 0 without
   */
  public Restore begin(int from, int to, int tailTokens) {
    return new Restore(from, to + (tailTokens > 0 ? 1 : 0), tailTokens);
  }

  /**
   * Orders the next part of a restore: up to {@code count} blocks in front of those ordered before,
   * into the same places of a table. What is not readable any more is left out.
   */
  public void order(Restore restore, BlockTable table, HashChain chain, int count) {
    int from = Math.max(restore.firstBlock(), restore.low() - count);
    for (int i = from; i < restore.low(); i++) {
      boolean last = restore.tail() && i == restore.endBlock() - 1;
      long hi = last ? chain.tailHi() : chain.hi(i);
      long lo = last ? chain.tailLo() : chain.lo(i);
      int tier = tiers.findReadable(hi, lo);
      if (tier != Tiers.NONE) {
        ledger.draftLoad(tier, tiers.get(tier).find(hi, lo), table.blockId(i), i);
      }
    }
    restore.orderedFrom(from);
    ledger.order(CopyKind.LOAD, CopyUrgency.RESTORE, restore);
  }

  /** How many leading blocks of a chain the arena holds, at most {@code most}. */
  public int present(HashChain chain, int most) {
    int there = 0;
    while (there < most && pool.find(chain.hi(there), chain.lo(there)) != PrefixIndex.ABSENT) {
      there++;
    }
    return there;
  }

  /**
   * Orders loads of the blocks of a chain that follow those in the arena, front first. They become
   * cached blocks when they have arrived, to be found by whoever wants them; room is made by
   * evicting others, but none of the chain. Makes garbage.
   *
   * @param present leading blocks in the arena, see {@link #present}
   * @param to end of the blocks that are wanted
   * @param most blocks to load
   * @return how many are on their way
   */
  public int ahead(HashChain chain, int present, int to, int most) {
    int[] own = new int[to];
    int found = 0;
    int cached = 0;
    for (int i = 0; i < to; i++) {
      int block = pool.find(chain.hi(i), chain.lo(i));
      if (block != PrefixIndex.ABSENT) {
        own[found++] = block;
        cached += pool.state(block) == BlockState.CACHED ? 1 : 0;
      }
    }
    int room = Math.min(most, pool.freeBlocks() + pool.cachedBlocks() - cached);
    int count = 0;
    while (count < room && isAbsentAndReadable(chain, present + count, to)) {
      count++;
    }
    prefetch.load(own, found, count, i -> chain.hi(present + i), i -> chain.lo(present + i));
    return count;
  }

  private boolean isAbsentAndReadable(HashChain chain, int i, int to) {
    return i < to
        && pool.find(chain.hi(i), chain.lo(i)) == PrefixIndex.ABSENT
        && tiers.findReadable(chain.hi(i), chain.lo(i)) != Tiers.NONE;
  }

  /** Gives up what has not begun of the job that fills a block and those behind it. */
  public void cancel(Restore restore, int block) {
    long jobId = restore.cancel(block);
    if (jobId != 0) {
      ledger.cancellations().add(jobId);
    }
  }

  /** Gives up what has not begun of a restore: nobody waits for it any more. */
  public void cancel(Restore restore) {
    for (long jobId : restore.cancelAll()) {
      ledger.cancellations().add(jobId);
    }
  }
}
