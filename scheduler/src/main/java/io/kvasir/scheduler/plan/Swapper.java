package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.residency.SwapEstimate;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestSwap;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves requests between the device arena and the tiers: what a preempted request leaves behind,
 * and what an admitted one finds there. Confined to the scheduler loop.
 *
 * <p>A restore never blocks a step: a request that waits for one holds its blocks and is not
 * planned beyond them, and the others go on.
 */
public final class Swapper {
  /** Rank of eviction of a running request's copies if its priority is 0. */
  private static final int RANK = 2;

  private static final long NOBODY = Long.MAX_VALUE;

  private final KvMemory memory;
  private final CostModel costs;
  private final PreemptionMode mode;
  private final IdentityHashMap<Restore, Request> restores = new IdentityHashMap<>();
  private final EnumMap<SwapDecision, Long> decisions = new EnumMap<>(SwapDecision.class);
  private final EnumMap<RestoreDecision, Long> restoreDecisions =
      new EnumMap<>(RestoreDecision.class);
  private final long patienceNanos;
  private long leavingSinceNanos = NOBODY;
  private long restoredTokens;
  private long observedCopies;

  /**
   * @param patienceNanos how long a request waits for copies before it computes what it needs
   */
  Swapper(KvMemory memory, CostModel costs, PreemptionMode mode, long patienceNanos) {
    this.memory = memory;
    this.costs = costs;
    this.mode = mode;
    this.patienceNanos = patienceNanos;
  }

  /** How long a request waits for copies before it computes what it needs, nanoseconds. */
  public long patienceNanos() {
    return patienceNanos;
  }

  /** What moving and computing cost. */
  public CostModel costs() {
    return costs;
  }

  /** A victim is about to lose its blocks: puts its KV into the tiers, if that is worth it. */
  SwapDecision swapOut(Request victim) {
    RequestSwap swap = victim.swap();
    if (swap.restore() != null && swap.keptTokens() > 0 && !swap.impatient()) {
      return swapOutAgain(victim);
    }
    SwapDecision decision = decide(victim);
    int kept = 0;
    if (decision.swaps()) {
      kept = swapOut(memory.hashed(victim), victim.computedTokens());
    } else {
      residency().forget(held(victim).copies());
    }
    victim.swap().kept(kept);
    forgetRestore(victim);
    decisions.merge(decision, 1L, Long::sum);
    return decision;
  }

  private int swapOut(RequestBlocks blocks, int tokens) {
    return mode == PreemptionMode.SWAP
        ? residency().swapOut(blocks.table(), blocks.chain(), tokens, blocks.copies())
        : residency().swapOutIfWorthwhile(blocks.table(), blocks.chain(), tokens, blocks.copies());
  }

  /** A victim that has not got back what was swapped out: the tiers hold all of it. */
  private SwapDecision swapOutAgain(Request victim) {
    residency().pin(held(victim).copies());
    forgetRestore(victim);
    decisions.merge(SwapDecision.SWAP, 1L, Long::sum);
    return SwapDecision.SWAP;
  }

  /**
   * Whether what the first waiting request needs is still on its way to the tiers. A request that
   * has waited for that long enough computes what it needs.
   */
  boolean isLeaving(Request first, long now) {
    RequestBlocks blocks = first.blocks();
    boolean leaving =
        blocks != null
            && first.swap().keptTokens() > 0
            && !first.swap().impatient()
            && residency().storing(blocks.copies());
    if (!leaving) {
      leavingSinceNanos = NOBODY;
    } else if (leavingSinceNanos == NOBODY) {
      leavingSinceNanos = now;
    } else if (now - leavingSinceNanos >= patienceNanos) {
      leavingSinceNanos = NOBODY;
      first.swap().losePatience();
      leaving = false;
    }
    return leaving;
  }

  private SwapDecision decide(Request victim) {
    int tokens = victim.computedTokens();
    if (victim.swap().impatient()) {
      return SwapDecision.RECOMPUTE_OVERDUE;
    }
    if (mode == PreemptionMode.RECOMPUTE || residency().tierCount() == 0) {
      return SwapDecision.RECOMPUTE_BY_MODE;
    }
    if (tokens == 0) {
      return SwapDecision.NOTHING_TO_KEEP;
    }
    boolean always = mode == PreemptionMode.SWAP;
    SwapEstimate estimate = residency().estimate(memory.extended(victim).chain(), tokens, !always);
    if (estimate.kept() == 0) {
      return estimate.room() ? SwapDecision.RECOMPUTE_CHEAPER : SwapDecision.RECOMPUTE_NO_ROOM;
    }
    int kept = Math.min(tokens, estimate.kept() * memory.blockTokens());
    return always || costs.movingIsCheaper(estimate.nanos(), kept)
        ? SwapDecision.SWAP
        : SwapDecision.RECOMPUTE_CHEAPER;
  }

  /**
   * A request was admitted with {@code sharedBlocks} blocks found in the arena: orders the loads of
   * what the tiers hold behind them, unless computing is cheaper.
   */
  void restore(Request request, int sharedBlocks, long now) {
    boolean maySearch = memory.prefixCaching() || request.swap().keptTokens() > 0;
    if (residency().tierCount() == 0 || !maySearch || request.swap().impatient()) {
      return;
    }
    RequestBlocks blocks = memory.extended(request);
    int blockTokens = memory.blockTokens();
    int most = (request.tokenCount() - 1) / blockTokens;
    int found = residency().readableBlocks(blocks.chain(), sharedBlocks, most);
    int end = sharedBlocks + found;
    int tail = tailTokens(request, end);
    if (found > 0 || tail > 0) {
      int compute =
          found == 0 || mustLoad(request) ? 0 : blocksToCompute(blocks, sharedBlocks, found);
      int from = sharedBlocks + compute;
      RestoreDecision decision = RestoreDecision.of(compute, found, tail);
      restoreDecisions.merge(decision, 1L, Long::sum);
      if (decision != RestoreDecision.RECOMPUTE) {
        Restore restore = residency().load(blocks.table(), blocks.chain(), from, end, tail);
        restores.put(restore, request);
        request.swap().await(restore, from * blockTokens, now);
      }
    }
    residency().unpin(blocks.copies(), rank(request));
  }

  /** What the mode moved to a tier comes back from there, whatever that costs. */
  private boolean mustLoad(Request request) {
    return mode == PreemptionMode.SWAP && request.swap().keptTokens() > 0;
  }

  private int blocksToCompute(RequestBlocks blocks, int from, int found) {
    int tier = residency().sourceTier(blocks.chain(), from);
    return costs.blocksToCompute(
        tier, found, residency().loadsInFlight(tier), memory.blockTokens());
  }

  /** Tokens of the partial block that was swapped out behind {@code blocks} full ones, if any. */
  private int tailTokens(Request request, int blocks) {
    int swapped = request.swap().keptTokens();
    int tail = swapped - blocks * memory.blockTokens();
    if (tail <= 0 || tail >= memory.blockTokens() || swapped >= request.tokenCount()) {
      return 0;
    }
    RequestBlocks held = held(request);
    held.chain().hashTail(request.tokenIds(), blocks, swapped, memory.blockTokens());
    return residency().tailReadable(held.chain()) ? tail : 0;
  }

  /**
   * A copy ended.
   *
   * @return the request that goes on because of it, if any
   * @throws IllegalArgumentException if no such copy is in flight; nothing was applied
   */
  public @Nullable Request apply(CopyResult result) {
    CopyJob job = residency().job(result.jobId());
    Restore restore = residency().apply(result);
    observedCopies++;
    if (job != null) {
      costs.onCopy(job, result);
    }
    if (restore == null || !restore.finished()) {
      return null;
    }
    Request request = restores.remove(restore);
    return request != null && join(request) ? request : null;
  }

  /**
   * Lets a request go on whose loads are finished and whose tokens before them are computed. To be
   * called whenever either may have become true.
   *
   * @return whether it goes on now
   */
  public boolean join(Request request) {
    Restore restore = request.swap().restore();
    if (restore == null
        || !restore.finished()
        || request.computedTokens() < request.swap().restoreFrom()) {
      return false;
    }
    int usable = restore.usableTokens(memory.blockTokens());
    int before = request.computedTokens();
    int brought = Math.max(0, usable - request.swap().restoreFrom());
    request.restored(Math.max(usable, before), brought);
    restoredTokens += brought;
    memory.commit(request, before);
    return true;
  }

  /** Requests that have waited for their loads long enough. */
  public List<Request> overdue(long now) {
    List<Request> overdue = new ArrayList<>();
    for (Request request : restores.values()) {
      if (now - request.swap().awaitedSinceNanos() >= patienceNanos) {
        overdue.add(request);
      }
    }
    return overdue;
  }

  /** When somebody's patience ends, nanoseconds; the largest long if nobody waits. */
  public long nextOverdueNanos() {
    long oldest = leavingSinceNanos;
    for (Request request : restores.values()) {
      oldest = Math.min(oldest, request.swap().awaitedSinceNanos());
    }
    return oldest == NOBODY ? NOBODY : oldest + patienceNanos;
  }

  /** A request ended: nobody waits for its loads any more. */
  public void forgetRestore(Request request) {
    Restore restore = request.swap().restore();
    if (restore != null) {
      restores.remove(restore);
    }
  }

  /** How often each was decided for victims of preemption. */
  public long decisions(SwapDecision decision) {
    return decisions.getOrDefault(decision, 0L);
  }

  /** How often each was decided for blocks found in a tier. */
  public long decisions(RestoreDecision decision) {
    return restoreDecisions.getOrDefault(decision, 0L);
  }

  /** Tokens whose KV came from a tier. */
  public long restoredTokens() {
    return restoredTokens;
  }

  /** Copies that ended. */
  public long observedCopies() {
    return observedCopies;
  }

  private Residency residency() {
    return memory.pool().residency();
  }

  private static RequestBlocks held(Request request) {
    return KvMemory.held(request);
  }

  private static int rank(Request request) {
    return RANK + Integer.signum(request.spec().priority());
  }
}
