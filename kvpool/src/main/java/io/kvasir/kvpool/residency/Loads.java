package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyUrgency;

/**
 * Orders the loads of restores, part by part, and takes them back. Confined to the scheduler loop.
 */
public final class Loads {
  private final Tiers tiers;
  private final CopyLedger ledger;

  Loads(Tiers tiers, CopyLedger ledger) {
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
