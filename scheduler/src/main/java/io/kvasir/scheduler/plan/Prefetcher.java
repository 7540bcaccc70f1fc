package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestSwap;

/**
 * Loads what the tiers hold of the requests that are admitted next, while they wait for a slot or
 * for blocks; front first, as {@link Restorer} loads from the end. What has arrived is cached: the
 * request shares it when it is admitted, and its blocks may be taken meanwhile as any cached block.
 *
 * <p>It hurts nobody that runs: the blocks by which they may grow ({@link GrowthReserve}) are left
 * alone, at most an eighth of the arena is under way, the link serves it after restores and
 * swap-outs, and nothing is loaded in a step that preempted. The second in the queue gets free
 * blocks only. Each block is loaded ahead once for each time that a request waits, and only if
 * loading takes no longer than computing: what others evict again is left to the restore. Confined
 * to the scheduler loop.
 */
public final class Prefetcher {
  private static final int ARENA_SHARE = 8;

  private final KvMemory memory;
  private final CostModel costs;
  private final PreemptionMode mode;
  private long orderedBlocks;
  private long hitBlocks;

  Prefetcher(KvMemory memory, CostModel costs, PreemptionMode mode) {
    this.memory = memory;
    this.costs = costs;
    this.mode = mode;
  }

  /** Whether there is anything to load from and to share. */
  boolean possible() {
    return memory.pool().residency().tierCount() > 0 && memory.prefixCaching();
  }

  /**
   * Orders the next loads for a waiting request.
   *
   * @param first whether it is the next one to be admitted: it may be lent blocks
   * @param reserve blocks by which those that run may grow
   */
  void look(Request request, boolean first, int reserve) {
    RequestSwap swap = request.swap();
    Residency residency = memory.pool().residency();
    if (swap.prefetch().over()) {
      return;
    }
    int room = room(first, reserve);
    int to = (request.tokenCount() - 1) / memory.blockTokens();
    if (room < 1 || swap.impatient() || isLeaving(request)) {
      return;
    }
    HashChain chain = memory.chain(request, first);
    int present = residency.loads().present(chain, to);
    if (present < swap.prefetch().end()) {
      return;
    }
    if (present == to || !isWorthwhile(request, residency.sourceTier(chain, present))) {
      swap.prefetch().stop();
      return;
    }
    int loading = residency.loads().ahead(chain, present, to, room);
    for (int i = present; i < present + loading; i++) {
      int tier = residency.sourceTier(chain, i);
      swap.prefetch().ordered(i, residency.tier(tier).spec().name());
    }
    orderedBlocks += loading;
  }

  /** A request was admitted with so many blocks found in the arena. */
  void admitted(Request request, int sharedBlocks) {
    hitBlocks += request.swap().prefetch().hits(sharedBlocks);
    request.swap().prefetch().reset();
  }

  /** Blocks ordered. */
  public long orderedBlocks() {
    return orderedBlocks;
  }

  /** Of these, blocks that were there when the request was admitted. */
  public long hitBlocks() {
    return hitBlocks;
  }

  private int room(boolean first, int reserve) {
    KvPool pool = memory.pool();
    int underWay = Math.max(1, pool.totalBlocks() / ARENA_SHARE) - pool.inFlightBlocks();
    int takes = first ? pool.allocatableBlocks() : pool.freeBlocks();
    return Math.min(underWay, Math.min(takes, pool.allocatableBlocks() - reserve));
  }

  /** What is still being stored cannot be loaded yet. */
  private boolean isLeaving(Request request) {
    return request.blocks() != null
        && request.swap().keptTokens() > 0
        && memory.pool().residency().storing(KvMemory.held(request).copies());
  }

  private boolean isWorthwhile(Request request, int tier) {
    boolean must = mode == PreemptionMode.SWAP && request.swap().keptTokens() > 0;
    return tier >= 0
        && (must || costs.movingIsCheaper(costs.readNanosPerBlock(tier), memory.blockTokens()));
  }
}
