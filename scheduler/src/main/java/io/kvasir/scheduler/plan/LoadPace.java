package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestRestore;

/**
 * How fast a request's loads are and what follows: where they meet what is computed, how many to
 * have under way, and when computing overtakes them. A request's own loads tell its speed once one
 * has ended; one that is silent for longer than expected is as slow as its silence says. Confined
 * to the scheduler loop.
 */
final class LoadPace {
  /** Loads are overtaken where they would take so many times what computing the part takes. */
  private static final int OVERTAKE = 2;

  /** Steps whose time is bridged by loads in flight: one that runs and one that is planned. */
  private static final int STEPS_AHEAD = 2;

  private final KvMemory memory;
  private final CostModel costs;
  private final PreemptionMode mode;
  private final int partBlocks;
  private final int maxStepTokens;

  /**
   * @param partBlocks blocks of one load
   * @param maxStepTokens most tokens of a step
   */
  LoadPace(
      KvMemory memory, CostModel costs, PreemptionMode mode, int partBlocks, int maxStepTokens) {
    this.memory = memory;
    this.costs = costs;
    this.mode = mode;
    this.partBlocks = partBlocks;
    this.maxStepTokens = maxStepTokens;
  }

  /** Blocks in flight that keep the link busy until the next steps are planned. */
  int window(Request request, RequestRestore restore, long now) {
    double compute = costs.computeNanosPerToken();
    if (Double.isNaN(compute)) {
      return Integer.MAX_VALUE;
    }
    double busy = STEPS_AHEAD * maxStepTokens * compute / blockNanos(request, restore, now);
    return (int) Math.max(STEPS_AHEAD * partBlocks, busy);
  }

  /**
   * Whether what the tiers hold of a request is computed while it is loaded. A request alone on the
   * device does both; one that others compute beside leaves the device to them where loading is
   * cheaper for all.
   */
  boolean computes(Request request, RequestRestore restore, long now) {
    if (mustLoad(request) || Double.isNaN(costs.computeNanosPerToken())) {
      return false;
    }
    return costs.alone()
        || !costs.movingIsCheaper(blockNanos(request, restore, now), memory.blockTokens());
  }

  /** The block in which computing and loading would meet, from now on. */
  int meetingBlock(Request request, RequestRestore restore, long now) {
    Restore loads = restore.loads();
    int blockTokens = memory.blockTokens();
    int from = request.computedTokens();
    if (!computes(request, restore, now)) {
      return from / blockTokens;
    }
    int queued = residency().loadsInFlight(source(request, restore));
    int to = loads.tokensBefore(loads.low(), blockTokens);
    double nanos = blockNanos(request, restore, now);
    return (int) (costs.meetingToken(from, to, queued, nanos, blockTokens) / blockTokens);
  }

  private double blockNanos(Request request, RequestRestore restore, long now) {
    int tier = source(request, restore);
    if (tier != restore.tier()) {
      restore.tier(tier);
    }
    double nanos = restore.blockNanos(costs.readNanosPerBlock(tier));
    int pending = restore.loads().pendingBlocks();
    // Not a block in so long: it takes that long at least.
    int part = Math.max(1, Math.min(pending, partBlocks));
    double silent = pending == 0 ? 0 : (double) (now - restore.movedNanos()) / part;
    return Math.max(nanos, silent);
  }

  /** The tier that the next block is loaded from; that of the last one if there is no next. */
  int source(Request request, RequestRestore restore) {
    Restore loads = restore.loads();
    int next = loads.low() - 1;
    if (next < loads.firstBlock()) {
      return restore.tier();
    }
    HashChain chain = KvMemory.held(request).chain();
    int tier =
        loads.tail() && next == loads.endBlock() - 1
            ? residency().tailTier(chain)
            : residency().sourceTier(chain, next);
    return tier < 0 ? restore.tier() : tier;
  }

  /** What the mode moved to a tier comes back from there, whatever that costs. */
  private boolean mustLoad(Request request) {
    return mode == PreemptionMode.SWAP && request.swap().keptTokens() > 0;
  }

  /** Whether a part that is being loaded will take much longer than computing it would. */
  boolean overtakes(Request request, RequestRestore restore, int blocks, long now) {
    double compute = blocks * memory.blockTokens() * costs.computeNanosPerToken();
    double arrival = restore.loads().pendingBlocks() * blockNanos(request, restore, now);
    return arrival > OVERTAKE * compute && computes(request, restore, now);
  }

  private Residency residency() {
    return memory.pool().residency();
  }
}
