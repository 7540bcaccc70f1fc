package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.SwapEstimate;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestSwap;
import java.util.EnumMap;

/**
 * Decides what becomes of the KV of preempted requests and puts it into the tiers; {@link Restorer}
 * brings it back. Confined to the scheduler loop.
 */
public final class Swapper {
  private static final long NOBODY = Long.MAX_VALUE;

  private final KvMemory memory;
  private final CostModel costs;
  private final PreemptionMode mode;
  private final Restorer restorer;
  private final EnumMap<SwapDecision, Long> decisions = new EnumMap<>(SwapDecision.class);
  private final long patienceNanos;
  private long leavingSinceNanos = NOBODY;
  private boolean waits;

  /**
   * @param restorer whose loads end when a request is swapped out
   * @param patienceNanos how long a request waits for copies before it computes what it needs
   */
  Swapper(
      KvMemory memory,
      CostModel costs,
      PreemptionMode mode,
      Restorer restorer,
      long patienceNanos) {
    this.memory = memory;
    this.restorer = restorer;
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
    restorer.forget(victim);
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
    restorer.forget(victim);
    decisions.merge(SwapDecision.SWAP, 1L, Long::sum);
    return SwapDecision.SWAP;
  }

  /** A step is planned: whether somebody waits is looked at anew. */
  void stepBegins() {
    waits = false;
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
    waits = leaving;
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
   * What it takes to bring a running request's KV back if it loses its blocks now: to store what no
   * tier has and load it, or to compute it again, as {@link #swapOut} would decide; nanoseconds. As
   * long as computing was not measured, a nanosecond for each token. Changes nothing.
   */
  double tripNanos(Request victim) {
    RequestSwap swap = victim.swap();
    boolean restoring = swap.restore() != null;
    int tokens = Math.max(victim.computedTokens(), restoring ? swap.keptTokens() : 0);
    double perToken = costs.computeNanosPerToken();
    double each = Double.isNaN(perToken) ? 1 : perToken;
    boolean moves =
        mode != PreemptionMode.RECOMPUTE && residency().tierCount() > 0 && !swap.impatient();
    if (!moves || tokens == 0) {
      return tokens * each;
    }
    boolean always = mode == PreemptionMode.SWAP;
    SwapEstimate estimate = residency().estimate(memory.extended(victim).chain(), tokens, !always);
    int kept = Math.min(tokens, estimate.kept() * memory.blockTokens());
    boolean cheaper = always || costs.movingIsCheaper(estimate.nanos(), kept);
    return kept > 0 && cheaper ? estimate.nanos() + (tokens - kept) * each : tokens * each;
  }

  /** When the patience of the first waiting request ends; the largest long if none waits. */
  public long nextOverdueNanos() {
    return waits ? leavingSinceNanos + patienceNanos : NOBODY;
  }

  /** How often each was decided for victims of preemption. */
  public long decisions(SwapDecision decision) {
    return decisions.getOrDefault(decision, 0L);
  }

  private Residency residency() {
    return memory.pool().residency();
  }

  private static RequestBlocks held(Request request) {
    return KvMemory.held(request);
  }
}
