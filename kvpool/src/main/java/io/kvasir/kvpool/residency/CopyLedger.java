package io.kvasir.kvpool.residency;

import io.kvasir.kvpool.block.BlockPool;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The copies that were ordered and not observed. From the draft of a copy to its result the device
 * block is held and the slots are protected; here is the only place where either begins and ends.
 * Confined to the scheduler loop.
 */
final class CopyLedger {
  /**
   * A job that was ordered.
   *
   * @param restore what it is a part of
   * @param indexes for a restore, the place of each block in its table
   */
  record InFlight(CopyJob job, @Nullable Restore restore, int[] indexes) {}

  private static final int[] NONE = {};

  private final BlockPool pool;
  private final Tiers tiers;
  private final int blockTokens;
  private final CopyDraft[] drafts;
  private final Map<Long, InFlight> inFlight = new LinkedHashMap<>();
  private final List<CopyJob> orders = new ArrayList<>();
  private final Cancellations cancellations = new Cancellations();
  private long lastJobId;
  private final int[] announced;
  private int backgroundBlocks;
  private int backgroundStores;
  private final int[] stores;
  private final int[] loads;

  CopyLedger(BlockPool pool, Tiers tiers, int blockTokens) {
    this.pool = pool;
    this.tiers = tiers;
    this.blockTokens = blockTokens;
    announced = new int[tiers.count()];
    stores = new int[tiers.count()];
    loads = new int[tiers.count()];
    drafts = new CopyDraft[tiers.count()];
    for (int i = 0; i < drafts.length; i++) {
      drafts[i] = new CopyDraft();
    }
  }

  /**
   * Announces how many copies into new slots of a tier will be drafted before the next order, so
   * that their slots lie together.
   */
  void expectSlots(int tier, int copies) {
    announced[tier] = copies;
  }

  /** Drafts the copy of a device block into a new slot of a tier that has room. */
  void draftStore(int block, int tier, long hi, long lo, int tokens, int saltTag) {
    CopyDraft draft = drafts[tier];
    TierTable table = into(tier, draft);
    int slot = table.beginStore(draft.batch, hi, lo, tokens, saltTag, tiers.nextGeneration());
    pool.hold(block);
    draft.add(block, slot, 0, table.meta, 0);
  }

  /** Drafts the copy of a readable slot into a device block at a place of a restore's table. */
  void draftLoad(int tier, int slot, int block, int index) {
    tiers.get(tier).beginRead(slot);
    pool.hold(block);
    drafts[tier].add(block, slot, 0, tiers.get(tier).meta, index);
  }

  /** Drafts the copy of a readable slot into a new slot of a lower tier that has room. */
  void draftMove(int tier, int slot, int toTier) {
    SlotMeta meta = tiers.get(tier).meta;
    CopyDraft draft = drafts[tier];
    int toSlot =
        into(toTier, draft)
            .beginStore(
                draft.batch,
                meta.hashHi[slot],
                meta.hashLo[slot],
                meta.tokens[slot],
                meta.saltTags[slot],
                meta.generations[slot]);
    tiers.get(tier).beginRead(slot);
    draft.add(0, slot, toSlot, meta, 0);
  }

  /** The tier that a draft's next copy writes. */
  private TierTable into(int tier, CopyDraft draft) {
    if (draft.count() == 0) {
      tiers.get(tier).expect(draft.batch, Math.max(1, announced[tier]));
    }
    announced[tier]--;
    return tiers.get(tier);
  }

  /** Orders what was drafted, one job per tier. */
  void order(CopyKind kind, CopyUrgency urgency, @Nullable Restore restore) {
    for (int t = 0; t < drafts.length; t++) {
      order(kind, urgency, t, -1, restore);
      announced[t] = 0;
    }
  }

  /** Orders the moves that were drafted from one tier to another. */
  void orderMoves(int tier, int toTier) {
    order(CopyKind.MOVE, CopyUrgency.BACKGROUND, tier, toTier, null);
    announced[toTier] = 0;
  }

  private void order(
      CopyKind kind, CopyUrgency urgency, int tier, int toTier, @Nullable Restore restore) {
    if (drafts[tier].count() == 0) {
      return;
    }
    int[] indexes = drafts[tier].indexes();
    CopyJob job = drafts[tier].build(++lastJobId, kind, urgency, tier, toTier);
    if (kind != CopyKind.LOAD) {
      tiers.get(kind == CopyKind.MOVE ? toTier : tier).close(drafts[tier].batch);
    }
    inFlight.put(job.jobId(), new InFlight(job, restore, indexes));
    orders.add(job);
    count(job, job.blockCount());
    if (restore != null) {
      restore.ordered(job.jobId(), tier, indexes);
    }
  }

  /** The number of the next job that is not made from a draft. */
  long nextJobId() {
    return ++lastJobId;
  }

  /** Orders a question, which holds nothing. */
  void orderProbe(CopyJob job) {
    inFlight.put(job.jobId(), new InFlight(job, null, NONE));
    orders.add(job);
  }

  private void count(CopyJob job, int blocks) {
    boolean background = job.urgency() == CopyUrgency.BACKGROUND;
    backgroundBlocks += background ? blocks : 0;
    switch (job.kind()) {
      case STORE -> {
        stores[job.tier()] += blocks;
        backgroundStores += background ? blocks : 0;
      }
      case LOAD -> loads[job.tier()] += blocks;
      case MOVE -> {
        loads[job.tier()] += blocks;
        stores[job.toTier()] += blocks;
      }
      case PROBE -> {}
    }
  }

  /** Blocks on their way into a tier. */
  int stores(int tier) {
    return stores[tier];
  }

  /** Blocks on their way out of a tier. */
  int loads(int tier) {
    return loads[tier];
  }

  /** Device blocks that background stores hold. */
  int backgroundStores() {
    return backgroundStores;
  }

  /** The job in flight of that number; null if there is none. */
  @Nullable CopyJob job(long jobId) {
    InFlight copy = inFlight.get(jobId);
    return copy == null ? null : copy.job();
  }

  /** The jobs ordered since the last call, in order. */
  List<CopyJob> takeOrders() {
    if (orders.isEmpty()) {
      return List.of();
    }
    List<CopyJob> taken = List.copyOf(orders);
    orders.clear();
    return taken;
  }

  boolean hasOrders() {
    return !orders.isEmpty() || !cancellations.isEmpty();
  }

  /** The jobs in flight of which what has not begun shall be given up. */
  Cancellations cancellations() {
    return cancellations;
  }

  /** Jobs in flight, oldest first. */
  Iterable<InFlight> inFlight() {
    return inFlight.values();
  }

  int jobCount() {
    return inFlight.size();
  }

  /** Blocks of background jobs in flight. */
  int backgroundBlocks() {
    return backgroundBlocks;
  }

  /**
   * Takes the result of a job.
   *
   * @throws IllegalArgumentException if it answers no job in flight; nothing was applied
   */
  InFlight apply(CopyResult result) {
    InFlight copy = inFlight.get(result.jobId());
    if (copy == null) {
      throw new IllegalArgumentException("copy_result.job_id: no job " + result.jobId());
    }
    CopyJob job = copy.job();
    if (result.outcomes().size() != job.blockCount()) {
      throw new IllegalArgumentException(
          "copy_result.outcomes: %d for the %d blocks of job %d"
              .formatted(result.outcomes().size(), job.blockCount(), job.jobId()));
    }
    inFlight.remove(job.jobId());
    count(job, -job.blockCount());
    for (int i = 0; i < job.blockCount(); i++) {
      CopyOutcome outcome = result.outcomes().get(i);
      switch (job.kind()) {
        case STORE -> stored(job, i, outcome);
        case LOAD -> loaded(copy, i, outcome);
        case MOVE -> moved(job, i, outcome);
        case PROBE -> {}
      }
    }
    if (copy.restore() != null) {
      copy.restore().jobObserved(job.jobId());
    }
    return copy;
  }

  private void stored(CopyJob job, int i, CopyOutcome outcome) {
    tiers.get(job.tier()).endStore(job.slots()[i], outcome == CopyOutcome.DONE);
    pool.unhold(job.blocks()[i]);
  }

  private void loaded(InFlight copy, int i, CopyOutcome outcome) {
    CopyJob job = copy.job();
    int block = job.blocks()[i];
    tiers.get(job.tier()).endRead(job.slots()[i], outcome != CopyOutcome.MISS);
    if (copy.restore() != null) {
      copy.restore().observed(copy.indexes()[i], outcome == CopyOutcome.DONE);
    }
    if (outcome == CopyOutcome.DONE) {
      // Whoever wanted it is gone: at least it is cached now.
      if (pool.meta().references(block) == 0 && job.tokens()[i] == blockTokens) {
        pool.register(block, job.hashHi()[i], job.hashLo()[i], job.saltTags()[i]);
      }
    }
    pool.unhold(block);
  }

  private void moved(CopyJob job, int i, CopyOutcome outcome) {
    tiers.get(job.tier()).endRead(job.slots()[i], outcome != CopyOutcome.MISS);
    tiers.get(job.toTier()).endStore(job.toSlots()[i], outcome == CopyOutcome.DONE);
  }
}
