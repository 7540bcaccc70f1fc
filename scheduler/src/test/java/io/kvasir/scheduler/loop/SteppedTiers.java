package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.offload.copy.CopyListener;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import io.kvasir.worker.memory.KvArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Real tier stores without the copy engine's threads: the test says when a copy's bytes move and,
 * apart from that, when its result is heard, each time of a job that a seed chooses. So bytes move
 * at any moment between a job's order and its result, in any order.
 */
final class SteppedTiers implements BlockCopier {
  private final List<BlockStore> stores;
  private final KvArena arena;
  private final SplittableRandom random;
  private final List<CopyJob> ordered = new ArrayList<>();
  private final List<CopyResult> carriedOut = new ArrayList<>();

  /** Blocks by what became of them. */
  int stored;

  int loaded;
  int moved;
  int notDone;

  SteppedTiers(List<BlockStore> stores, KvArena arena, SplittableRandom random) {
    this.stores = List.copyOf(stores);
    this.arena = arena;
    this.random = random;
  }

  /** Moves the bytes of one of the jobs; false if none waits. */
  boolean carryOutAny() {
    if (ordered.isEmpty()) {
      return false;
    }
    CopyJob job = ordered.remove(random.nextInt(ordered.size()));
    List<BlockTransfer> batch =
        switch (job.kind()) {
          case STORE -> store(job);
          case LOAD -> load(job);
          case MOVE -> move(job);
          case PROBE -> throw new IllegalArgumentException("nobody shares these tiers");
        };
    List<CopyOutcome> outcomes = batch.stream().map(transfer -> transfer.outcome).toList();
    count(job.kind(), outcomes);
    long nanos = 1L + random.nextInt(50_000);
    long bytes = batch.stream().mapToLong(transfer -> transfer.bytes).sum();
    carriedOut.add(new CopyResult(job.jobId(), outcomes, bytes, 1, 0, nanos, ""));
    return true;
  }

  private List<BlockTransfer> store(CopyJob job) {
    List<BlockTransfer> batch = aim(job, job.slots(), arena.segment(), job.blocks());
    stores.get(job.tier()).store(batch);
    return batch;
  }

  private List<BlockTransfer> load(CopyJob job) {
    List<BlockTransfer> batch = aim(job, job.slots(), arena.segment(), job.blocks());
    stores.get(job.tier()).load(batch);
    return batch;
  }

  private List<BlockTransfer> move(CopyJob job) {
    int[] places = new int[job.blockCount()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment staging = scratch.allocate(arena.layout().arenaBytes(places.length), 64);
      List<BlockTransfer> read = aim(job, job.slots(), staging, places);
      stores.get(job.tier()).load(read);
      List<BlockTransfer> written = aim(job, job.toSlots(), staging, places);
      List<BlockTransfer> good = new ArrayList<>();
      for (int i = 0; i < places.length; i++) {
        if (read.get(i).outcome == CopyOutcome.DONE) {
          good.add(written.get(i));
        } else {
          written.get(i).outcome = read.get(i).outcome;
        }
      }
      stores.get(job.toTier()).store(good);
      return written;
    }
  }

  private List<BlockTransfer> aim(CopyJob job, int[] slots, MemorySegment memory, int[] places) {
    List<BlockTransfer> batch = new ArrayList<>();
    long blockBytes = arena.geometry().blockBytes();
    for (int i = 0; i < job.blockCount(); i++) {
      BlockTransfer transfer = new BlockTransfer();
      transfer.block = memory.asSlice(arena.layout().blockOffset(places[i]), blockBytes);
      transfer.slot = slots[i];
      transfer.hashHi = job.hashHi()[i];
      transfer.hashLo = job.hashLo()[i];
      transfer.tokens = job.tokens()[i];
      transfer.generation = job.generations()[i];
      transfer.saltTag = job.saltTags()[i];
      batch.add(transfer);
    }
    return batch;
  }

  private void count(CopyKind kind, List<CopyOutcome> outcomes) {
    int done = (int) outcomes.stream().filter(it -> it == CopyOutcome.DONE).count();
    notDone += outcomes.size() - done;
    switch (kind) {
      case STORE -> stored += done;
      case LOAD -> loaded += done;
      case MOVE -> moved += done;
      case PROBE -> throw new IllegalArgumentException("nobody shares these tiers");
    }
  }

  boolean hasResult() {
    return !carriedOut.isEmpty();
  }

  /** The result of any one of the jobs whose bytes have moved. */
  CopyResult anyResult() {
    return carriedOut.remove(random.nextInt(carriedOut.size()));
  }

  @Override
  public List<TierSpec> tiers() {
    return stores.stream().map(BlockStore::spec).toList();
  }

  @Override
  public void listen(CopyListener listener) {
    throw new UnsupportedOperationException("the test carries out copies itself");
  }

  @Override
  public void submit(CopyJob job) {
    ordered.add(job);
  }

  @Override
  public void cancel(long jobId) {
    throw new UnsupportedOperationException("the test carries out copies itself");
  }

  @Override
  public void drain() {
    ordered.clear();
    carriedOut.clear();
  }

  @Override
  public void inventory(Consumer<StoredBlock> found) {
    for (int tier = 0; tier < stores.size(); tier++) {
      stores.get(tier).inventory(tier, found);
    }
  }

  @Override
  public void close() {
    stores.forEach(BlockStore::close);
  }
}
