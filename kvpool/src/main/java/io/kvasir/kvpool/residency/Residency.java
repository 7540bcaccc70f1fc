package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which copies are made between the device arena and the tiers below it, and keeps account
 * of what is where. Blocks are found by what they hold: a full block by its chained hash, the tail
 * of a preempted request by the hash of its tokens so far. So a block that two swapped requests use
 * is stored once, and what is in a tier already is not stored again.
 *
 * <p>Copies are ordered here and carried out elsewhere: {@link #takeOrders} gives the jobs, {@link
 * #apply} takes their results. Between the two the device block is held and the slot protected.
 *
 * <p>A tier with a lossy codec holds blocks of the lossy domain only ({@link
 * io.kvasir.kvpool.prefix.SaltTag}); what others find comes back bit for bit. Confined to the
 * scheduler loop.
 */
public final class Residency {
  private final BlockPool pool;
  private final int blockTokens;
  private final Tiers tiers;
  private final CopyLedger ledger;
  private final Placement placement;
  private final Demoter demoter;
  private final ResidencyTotals totals;
  private final SwapOut swapOut;
  private final Loads loads;
  private final Probes probes;
  private final BlockKeeper keeper;
  private final TierQuotas quotas;

  /**
   * @param pool the device arena's blocks
   * @param specs the tiers below it, fastest first; may be empty
   * @param costs of those tiers' copies, as measured; only read
   */
  public Residency(BlockPool pool, int blockTokens, List<TierSpec> specs, CostModel costs) {
    this.pool = pool;
    this.blockTokens = blockTokens;
    tiers = new Tiers(specs);
    ledger = new CopyLedger(pool, tiers, blockTokens);
    placement = new Placement(tiers, costs, blockTokens);
    demoter = new Demoter(pool, tiers, ledger, placement, blockTokens);
    totals = new ResidencyTotals(specs.size());
    swapOut = new SwapOut(tiers, ledger, placement, totals, blockTokens);
    Prefetch prefetch = new Prefetch(pool, tiers, ledger);
    loads = new Loads(pool, tiers, ledger, prefetch);
    probes = new Probes(pool, tiers, ledger, blockTokens);
    keeper = new BlockKeeper(pool, tiers, ledger, prefetch, blockTokens);
    quotas = new TierQuotas(tiers);
  }

  /** What other instances stored on a server that this worker shares with them. */
  public Probes probes() {
    return probes;
  }

  public int tierCount() {
    return tiers.count();
  }

  public TierTable tier(int i) {
    return tiers.get(i);
  }

  public ResidencyTotals totals() {
    return totals;
  }

  /** What tenants may occupy of the tiers. */
  public TierQuotas quotas() {
    return quotas;
  }

  /** Protects blocks that nobody uses right now. */
  public BlockKeeper keeper() {
    return keeper;
  }

  /** Jobs ordered and not observed. */
  public int jobsInFlight() {
    return ledger.jobCount();
  }

  /** The job in flight of that number; null if there is none. */
  public @Nullable CopyJob job(long jobId) {
    return ledger.job(jobId);
  }

  /** Blocks on their way out of a tier. */
  public int loadsInFlight(int tier) {
    return ledger.loads(tier);
  }

  /** Blocks of the device arena that will be free soon, because somebody waits for them. */
  public int comingBlocks() {
    return Math.max(0, pool.inFlightBlocks() - ledger.backgroundStores());
  }

  /**
   * Takes over what a tier held when its worker connected, the least recently used first. False if
   * the entry is no use.
   */
  public boolean restore(StoredBlock block) {
    tiers.generationSeen(block.generation());
    boolean taken =
        block.tier() >= 0
            && block.tier() < tiers.count()
            && block.tokens() >= 1
            && block.tokens() <= blockTokens
            && tiers.admits(block.tier(), block.saltTag())
            && tiers.get(block.tier()).restore(block);
    if (taken) {
      demoter.onResting(block.tier(), block.slot(), block.saltTag());
    }
    return taken;
  }

  /**
   * What a swap-out would cost now; changes nothing.
   *
   * @param computedTokens tokens whose KV is certain
   * @param worthwhileOnly whether tiers that are worse than computing are left out
   */
  public SwapEstimate estimate(HashChain chain, int computedTokens, boolean worthwhileOnly) {
    int full = computedTokens / blockTokens;
    int blocks = Math.ceilDiv(computedTokens, blockTokens);
    int dirty = blocks - full;
    placement.begin(chain.saltTag(), worthwhileOnly);
    for (int i = 0; i < full; i++) {
      int tier = tiers.findAny(chain.hi(i), chain.lo(i));
      if (tier == Tiers.NONE) {
        dirty++;
      } else {
        placement.holds(tier);
      }
    }
    boolean room = placement.anyRoom() != Tiers.NONE;
    int placed = placement.divide(dirty);
    double nanos = placement.writeNanos(ledger) + placement.readNanos();
    return new SwapEstimate(blocks, blocks - dirty + placed, room, nanos);
  }

  /**
   * Puts the KV of a request that is about to lose its table into the tiers and pins it there. From
   * the front: where the tiers are full, what was kept is a prefix of use.
   *
   * @param computedTokens tokens whose KV is certain; if they end inside a block, {@link
   *     HashChain#hashTail} was called for it
   * @return tokens kept
   */
  public int swapOut(BlockTable table, HashChain chain, int computedTokens, RequestCopies copies) {
    return swapOut.run(table, chain, computedTokens, copies, false);
  }

  /**
   * The same, but leaves what would be loaded more slowly than computed again: nothing is stored in
   * a tier where that is so.
   */
  public int swapOutIfWorthwhile(
      BlockTable table, HashChain chain, int computedTokens, RequestCopies copies) {
    return swapOut.run(table, chain, computedTokens, copies, true);
  }

  /** Whether copies that a swapped request needs are still being written. */
  public boolean storing(RequestCopies copies) {
    for (int i = 0; copies.pinned && i < copies.count; i++) {
      TierTable table = tiers.get(copies.tiers[i]);
      int slot = copies.slots[i];
      if (table.holds(slot, copies.lives[i]) && table.state(slot) == SlotState.STORING) {
        return true;
      }
    }
    return false;
  }

  /** Protects again what is left of the copies of a request that lost its table once more. */
  public void pin(RequestCopies copies) {
    for (int i = 0; !copies.pinned && i < copies.count; i++) {
      TierTable table = tiers.get(copies.tiers[i]);
      if (table.holds(copies.slots[i], copies.lives[i])) {
        table.pin(copies.slots[i]);
      }
    }
    copies.pinned = true;
  }

  /**
   * Ends the protection of a request's copies, once their loads were ordered; they stay until
   * somebody needs the room.
   *
   * @param rank of the request that still owns them, see {@link TierTable}
   */
  public void unpin(RequestCopies copies, int rank) {
    tiers.unpin(copies, rank);
  }

  /** The request owns its copies no more: they are given up like any other cached block. */
  public void forget(RequestCopies copies) {
    tiers.forget(copies);
  }

  /** The same, and those that nobody else needs or owns are given up at once. */
  public void drop(RequestCopies copies) {
    tiers.drop(copies);
  }

  /** How many blocks of a chain from index {@code from} on, before {@code to}, can be loaded. */
  public int readableBlocks(HashChain chain, int from, int to) {
    int i = from;
    while (i < to && sourceTier(chain, i) != Tiers.NONE) {
      i++;
    }
    return i - from;
  }

  /** Whether the block of the chain's last {@link HashChain#hashTail} can be loaded. */
  public boolean tailReadable(HashChain chain) {
    return tiers.findReadable(chain.tailHi(), chain.tailLo()) != Tiers.NONE;
  }

  /** The tier that the chain's hashed tail would be loaded from; -1 if none. */
  public int tailTier(HashChain chain) {
    return tiers.findReadable(chain.tailHi(), chain.tailLo());
  }

  /** The tier that block {@code i} of a chain would be loaded from; -1 if none. */
  public int sourceTier(HashChain chain, int i) {
    return tiers.findReadable(chain.hi(i), chain.lo(i));
  }

  /** Loads of what the tiers hold into the arena. */
  public Loads loads() {
    return loads;
  }

  /** The jobs cancelled since the last call. */
  public long[] takeCancelled() {
    return ledger.cancellations().take();
  }

  /** Jobs cancelled so far. */
  public long cancellations() {
    return ledger.cancellations().total();
  }

  /** Orders the copies that nobody waits for; to be called once per step. */
  public void demote() {
    if (tiers.count() > 0) {
      demoter.run();
    }
  }

  /** Whether there are orders or cancellations to take. */
  public boolean hasOrders() {
    return ledger.hasOrders();
  }

  /** The jobs ordered since the last call, in order. */
  public List<CopyJob> takeOrders() {
    return ledger.takeOrders();
  }

  /**
   * Takes the result of a job.
   *
   * @return what the job was a part of, if it was a restore
   * @throws IllegalArgumentException if it answers no job in flight; nothing was applied
   */
  public @Nullable Restore apply(CopyResult result) {
    CopyLedger.InFlight copy = ledger.apply(result);
    probes.apply(copy.job(), result);
    demoter.onApplied(copy.job(), result);
    totals.count(copy.job(), result);
    return copy.restore();
  }

  /** One sentence per contradiction in the bookkeeping; empty if there is none. */
  public List<String> violations() {
    List<String> violations = new ArrayList<>();
    for (int t = 0; t < tiers.count(); t++) {
      violations.addAll(tiers.get(t).violations());
    }
    violations.addAll(CopyCount.violations(ledger, tiers, pool));
    violations.addAll(keeper.violations());
    return violations;
  }
}
