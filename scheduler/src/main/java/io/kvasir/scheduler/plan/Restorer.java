package io.kvasir.scheduler.plan;

import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestBlocks;
import io.kvasir.scheduler.request.RequestRestore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings back what the tiers hold of admitted requests. Loads are ordered in parts from the end of
 * the hit backwards while the front is computed, a part per step, and where the two meet follows
 * from the speeds seen on the way (Cake, arXiv 2410.03065): faster loads are ordered further to the
 * front, slower ones are overtaken, that is cancelled and computed. No block is both loaded and
 * computed.
 *
 * <p>A restore never blocks a step: a request is not planned into blocks that are being loaded, and
 * the others go on. Confined to the scheduler loop.
 */
public final class Restorer {
  private static final long NOBODY = Long.MAX_VALUE;
  private final KvMemory memory;
  private final CostModel costs;
  private final LoadPace pace;
  private final CopyLimits limits;
  private final Map<Restore, Request> active = new LinkedHashMap<>();
  private final List<Request> turn = new ArrayList<>();
  private final EnumMap<RestoreDecision, Long> decisions = new EnumMap<>(RestoreDecision.class);
  private long restoredTokens;
  private long bothComputedTokens;
  private long bothLoadedTokens;
  private long overtakenBlocks;
  private long observedCopies;

  Restorer(KvMemory memory, CostModel costs, LoadPace pace, CopyLimits limits) {
    this.memory = memory;
    this.costs = costs;
    this.pace = pace;
    this.limits = limits;
  }

  /**
   * A request was admitted with {@code sharedBlocks} blocks found in the arena: begins to load what
   * the tiers hold behind them, unless computing is cheaper.
   */
  void begin(Request request, int sharedBlocks, long now) {
    boolean maySearch = memory.prefixCaching() || request.swap().keptTokens() > 0;
    if (residency().tierCount() == 0 || !maySearch || request.swap().impatient()) {
      return;
    }
    RequestBlocks blocks = memory.extended(request);
    int most = (request.tokenCount() - 1) / memory.blockTokens();
    int found = residency().readableBlocks(blocks.chain(), sharedBlocks, most);
    int end = sharedBlocks + found;
    int tail = tailTokens(request, end);
    if (found > 0 || tail > 0) {
      Restore loads = residency().loads().begin(sharedBlocks, end, tail);
      RequestRestore restore = new RequestRestore(loads, sharedBlocks * memory.blockTokens(), now);
      restore.tier(pace.source(request, restore));
      int toLoad = loads.endBlock() - pace.meetingBlock(request, restore, now);
      RestoreDecision decision = RestoreDecision.of(loads.endBlock() - loads.firstBlock(), toLoad);
      decisions.merge(decision, 1L, Long::sum);
      if (decision != RestoreDecision.RECOMPUTE) {
        request.swap().begin(restore);
        active.put(loads, request);
        advance(request, restore, now);
        return;
      }
    }
    letCopiesGo(request);
  }

  /** Tokens of the partial block that was swapped out behind {@code blocks} full ones, if any. */
  private int tailTokens(Request request, int blocks) {
    int swapped = request.swap().keptTokens();
    int tail = swapped - blocks * memory.blockTokens();
    if (tail <= 0 || tail >= memory.blockTokens() || swapped >= request.tokenCount()) {
      return 0;
    }
    RequestBlocks held = KvMemory.held(request);
    held.chain().hashTail(request.tokenIds(), blocks, swapped, memory.blockTokens());
    return residency().tailReadable(held.chain()) ? tail : 0;
  }

  /** Takes what arrived and orders what is next, for all requests; before a step is planned. */
  void advance(PlanEvents events, long now) {
    turn.clear();
    turn.addAll(active.values());
    for (Request request : turn) {
      RequestRestore restore = request.swap().restore();
      if (restore != null) {
        int before = restore.broughtTokens();
        advance(request, restore, now);
        if (restore.broughtTokens() > before) {
          events.onRestored(request, restore.broughtTokens() - before);
        }
      }
    }
  }

  private void advance(Request request, RequestRestore restore, long now) {
    Restore loads = restore.loads();
    restore.movedNanos(now);
    takeArrived(request, restore);
    int frontier = Math.ceilDiv(request.plannedTokens(), memory.blockTokens());
    order(request, restore, frontier, now);
    if (frontier >= loads.low() && loads.isPending(frontier)) {
      overtake(request, restore, frontier, now);
    }
    int next = loads.nextOrdered(frontier);
    if (frontier >= loads.low() && next == loads.endBlock()) {
      end(request, restore, frontier);
    } else {
      restore.limit(limit(request, restore, frontier, next, now));
      if (loads.low() <= Math.max(frontier, loads.firstBlock())) {
        letCopiesGo(request);
      }
    }
  }

  /** Once everything in front of blocks that arrived is computed, their KV counts. */
  private void takeArrived(Request request, RequestRestore restore) {
    int blockTokens = memory.blockTokens();
    int computed = request.computedTokens();
    if (computed != request.plannedTokens() || computed % blockTokens != 0) {
      return;
    }
    int end = restore.loads().loadedEnd(computed / blockTokens);
    if (end > computed / blockTokens) {
      restoredTokens += RestoreHits.take(request, restore.loads(), end, memory);
      memory.commit(request, computed);
    }
  }

  /** Orders parts while they would arrive before computing gets there. */
  private void order(Request request, RequestRestore restore, int frontier, long now) {
    Restore loads = restore.loads();
    RequestBlocks blocks = KvMemory.held(request);
    int front = Math.max(frontier, loads.firstBlock());
    while (loads.low() > front && loads.pendingBlocks() < pace.window(request, restore, now)) {
      int worthwhile = loads.low() - Math.max(front, pace.meetingBlock(request, restore, now));
      if (worthwhile < 1) {
        return;
      }
      if (loads.pendingBlocks() == 0) {
        restore.orderedAfterSilence(now);
      }
      int count = Math.min(limits.partBlocks(), worthwhile);
      residency().loads().order(loads, blocks.table(), blocks.chain(), count);
    }
  }

  /** Computing waits for a part that will take much longer to arrive than to be computed. */
  private void overtake(Request request, RequestRestore restore, int block, long now) {
    Restore loads = restore.loads();
    int part = loads.partBlocks(block);
    if (part > 0 && pace.overtakes(request, restore, part, now)) {
      residency().loads().cancel(loads, block);
      overtakenBlocks += part;
    }
  }

  private int limit(Request request, RequestRestore restore, int frontier, int next, long now) {
    int blockTokens = memory.blockTokens();
    int planned = request.plannedTokens();
    int part = planned + limits.partBlocks() * blockTokens;
    int low = restore.loads().low();
    if (frontier >= low) {
      // Up to the next loads; what lies before was lost, or is the rest of a block.
      return next == restore.loads().endBlock() ? part : Math.min(part, next * blockTokens);
    }
    int meet = Math.min(low, pace.meetingBlock(request, restore, now) + 1) * blockTokens;
    return Math.max(planned, Math.min(part, pace.computes(request, restore, now) ? meet : planned));
  }

  /** Computing or loading has reached the end of what the tiers held. */
  private void end(Request request, RequestRestore restore, int frontier) {
    Restore loads = restore.loads();
    int reached = Math.min(frontier, loads.endBlock());
    int end = loads.tokensBefore(reached, memory.blockTokens());
    int computed = restore.computedTokens(end);
    if (computed > 0 && restore.broughtTokens() > 0) {
      bothComputedTokens += computed;
      bothLoadedTokens += restore.broughtTokens();
    }
    active.remove(loads);
    request.swap().endRestore();
    letCopiesGo(request);
  }

  private void letCopiesGo(Request request) {
    memory.letCopiesGo(request, limits.keepCopies());
  }

  /** Nobody waits for a request's loads any more: what has not begun is given up. */
  public void forget(Request request) {
    RequestRestore restore = request.swap().restore();
    if (restore != null) {
      active.remove(restore.loads());
      residency().loads().cancel(restore.loads());
    }
  }

  /**
   * A copy ended.
   *
   * @throws IllegalArgumentException if no such copy is in flight; nothing was applied
   */
  public void apply(CopyResult result) {
    CopyJob job = residency().job(result.jobId());
    Restore loads = residency().apply(result);
    observedCopies++;
    if (job != null) {
      costs.onCopy(job, result);
    }
    Request request = loads == null ? null : active.get(loads);
    RequestRestore restore = request == null ? null : request.swap().restore();
    if (restore != null) {
      restore.observe(CostModel.nanosPerBlock(result));
    }
  }

  /** Requests that have waited for their loads long enough. */
  public List<Request> overdue(long now) {
    List<Request> overdue = new ArrayList<>();
    for (Request request : active.values()) {
      RequestRestore restore = request.swap().restore();
      if (restore != null
          && restore.loads().pendingBlocks() > 0
          && now - restore.movedNanos(now) >= limits.patienceNanos()) {
        overdue.add(request);
      }
    }
    return overdue;
  }

  /** When somebody's patience ends, nanoseconds; the largest long if nobody waits. */
  public long nextOverdueNanos() {
    long oldest = NOBODY;
    for (Request request : active.values()) {
      RequestRestore restore = request.swap().restore();
      if (restore != null && restore.loads().pendingBlocks() > 0) {
        oldest = Math.min(oldest, restore.movedNanos());
      }
    }
    return oldest == NOBODY ? NOBODY : oldest + limits.patienceNanos();
  }

  /** Requests that loads bring something. */
  public int underWay() {
    return active.size();
  }

  /** How often each was decided for blocks found in a tier. */
  public long decisions(RestoreDecision decision) {
    return decisions.getOrDefault(decision, 0L);
  }

  /** Tokens whose KV came from a tier. */
  public long restoredTokens() {
    return restoredTokens;
  }

  /** Of hits that were loaded and computed, the tokens that were computed. */
  public long bothComputedTokens() {
    return bothComputedTokens;
  }

  /** Of hits that were loaded and computed, the tokens that were loaded. */
  public long bothLoadedTokens() {
    return bothLoadedTokens;
  }

  /** Blocks whose loads were cancelled because computing was there first. */
  public long overtakenBlocks() {
    return overtakenBlocks;
  }

  /** Copies that ended. */
  public long observedCopies() {
    return observedCopies;
  }

  private Residency residency() {
    return memory.pool().residency();
  }
}
