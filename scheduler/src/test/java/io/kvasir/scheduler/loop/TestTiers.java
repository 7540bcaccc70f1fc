package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.offload.copy.CopyListener;
import io.kvasir.worker.memory.KvArena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tiers on the heap whose copies are carried out one at a time, when and in whatever order the test
 * says, and which fail, lose and garble records as a seed decides. A garbled record is found by its
 * identity, as a real one is by its checksum. A lossy tier changes every byte it is given. A REMOTE
 * tier is a server that others use too: its records are found by hash, whoever stored them.
 */
final class TestTiers implements BlockCopier {
  /** Names a block. */
  record Hash(long hi, long lo) {}

  /** What a slot holds. */
  record Stored(byte[] bytes, long hashHi, long hashLo, int tokens, int generation, int saltTag) {
    Stored with(byte[] others) {
      return new Stored(others, hashHi, hashLo, tokens, generation, saltTag);
    }
  }

  private final List<TierSpec> specs;
  private final List<@Nullable Stored[]> slots = new ArrayList<>();
  private final SplittableRandom random;
  private final boolean faulty;
  private final Map<Hash, Stored> server;
  private final List<CopyJob> queue = new ArrayList<>();
  private final Set<Long> cancelled = new HashSet<>();
  private @Nullable KvArena arena;

  /** Blocks by what became of them. */
  int stored;

  int loaded;
  int missed;
  int lossy;

  /** Blocks found on the server, and of copies that were given up. */
  int found;

  int givenUp;

  TestTiers(List<TierSpec> specs, SplittableRandom random, boolean faulty) {
    this(specs, random, faulty, new HashMap<>());
  }

  /**
   * @param server what the server of a REMOTE tier holds
   */
  TestTiers(
      List<TierSpec> specs, SplittableRandom random, boolean faulty, Map<Hash, Stored> server) {
    this.specs = specs;
    this.server = server;
    this.random = random;
    this.faulty = faulty;
    for (TierSpec spec : specs) {
      slots.add(new @Nullable Stored[spec.slotCount()]);
    }
  }

  static TierSpec spec(
      TierKind kind, int slotCount, boolean persistent, boolean exact, long bytesPerSecond) {
    return new TierSpec(
        kind,
        kind + "-" + slotCount,
        slotCount,
        persistent,
        exact ? "raw" : "int8",
        exact,
        true,
        bytesPerSecond,
        bytesPerSecond);
  }

  /** The tiers, fastest first. */
  List<TierSpec> specs() {
    return specs;
  }

  /** A worker with this arena began; what is not persistent is gone. */
  void attach(KvArena arena) {
    this.arena = arena;
    drain();
    for (int t = 0; t < specs.size(); t++) {
      if (!specs.get(t).persistent()) {
        Arrays.fill(slots.get(t), null);
      }
    }
  }

  int queued() {
    return queue.size();
  }

  /** Carries out any one of the jobs. */
  CopyResult carryOutAny() {
    CopyJob job = queue.remove(random.nextInt(queue.size()));
    boolean gaveUp = cancelled.remove(job.jobId());
    // Of a cancelled job that had begun, the first blocks are copied.
    int begun = gaveUp ? random.nextInt(job.blockCount()) : job.blockCount();
    List<CopyOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < job.blockCount(); i++) {
      outcomes.add(i < begun ? fault(job, i) : CopyOutcome.CANCELLED);
    }
    givenUp += job.blockCount() - begun;
    long nanos = 1L + random.nextInt(50_000);
    return new CopyResult(job.jobId(), outcomes, 64L * job.blockCount(), 1, 0, nanos, "");
  }

  private CopyOutcome fault(CopyJob job, int i) {
    int dice = faulty ? random.nextInt(20) : 19;
    if (dice == 0) {
      return CopyOutcome.CANCELLED;
    }
    if (dice == 1) {
      return CopyOutcome.FAILED;
    }
    if (dice == 2 && job.kind() != CopyKind.PROBE) {
      slots.get(job.tier())[job.slots()[i]] = null;
      server.remove(hash(job, i));
    }
    return carryOut(job, i);
  }

  private boolean shared(int tier) {
    return specs.get(tier).kind() == TierKind.REMOTE;
  }

  private static Hash hash(CopyJob job, int i) {
    return new Hash(job.hashHi()[i], job.hashLo()[i]);
  }

  private CopyOutcome carryOut(CopyJob job, int i) {
    if (job.kind() == CopyKind.PROBE) {
      boolean there = server.containsKey(hash(job, i));
      found += there ? 1 : 0;
      return there ? CopyOutcome.DONE : CopyOutcome.MISS;
    }
    int slot = job.slots()[i];
    if (job.kind() == CopyKind.STORE) {
      byte[] bytes = written(job.tier(), block(job.blocks()[i]).toArray(ValueLayout.JAVA_BYTE));
      Stored record =
          new Stored(
              bytes,
              job.hashHi()[i],
              job.hashLo()[i],
              job.tokens()[i],
              job.generations()[i],
              job.saltTags()[i]);
      put(job.tier(), slot, record);
      stored++;
      return CopyOutcome.DONE;
    }
    boolean anyGeneration = shared(job.tier());
    Stored found = anyGeneration ? server.get(hash(job, i)) : slots.get(job.tier())[slot];
    if (found == null
        || found.hashHi() != job.hashHi()[i]
        || found.hashLo() != job.hashLo()[i]
        || found.tokens() != job.tokens()[i]
        || (found.generation() != job.generations()[i] && !anyGeneration)) {
      missed++;
      return CopyOutcome.MISS;
    }
    if (job.kind() == CopyKind.MOVE) {
      put(job.toTier(), job.toSlots()[i], found.with(written(job.toTier(), found.bytes())));
    } else {
      block(job.blocks()[i]).copyFrom(MemorySegment.ofArray(found.bytes()));
      loaded++;
    }
    return CopyOutcome.DONE;
  }

  private void put(int tier, int slot, Stored record) {
    slots.get(tier)[slot] = record;
    if (shared(tier)) {
      server.put(new Hash(record.hashHi(), record.hashLo()), record);
    }
  }

  private byte[] written(int tier, byte[] bytes) {
    if (specs.get(tier).exact()) {
      return bytes;
    }
    lossy++;
    byte[] changed = bytes.clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i]++;
    }
    return changed;
  }

  private MemorySegment block(int block) {
    KvArena memory = arena;
    if (memory == null) {
      throw new IllegalStateException("no worker");
    }
    long bytes = memory.geometry().blockBytes();
    return memory.segment().asSlice(memory.layout().blockOffset(block), bytes);
  }

  @Override
  public List<TierSpec> tiers() {
    return specs;
  }

  @Override
  public void listen(CopyListener listener) {
    throw new UnsupportedOperationException("the test carries out copies itself");
  }

  @Override
  public void submit(CopyJob job) {
    queue.add(job);
  }

  @Override
  public void cancel(long jobId) {
    if (queue.stream().anyMatch(job -> job.jobId() == jobId)) {
      cancelled.add(jobId);
    }
  }

  @Override
  public void drain() {
    queue.clear();
    cancelled.clear();
  }

  @Override
  public void inventory(Consumer<StoredBlock> found) {
    for (int t = 0; t < specs.size(); t++) {
      @Nullable Stored[] tier = slots.get(t);
      for (int slot = 0; slot < tier.length; slot++) {
        Stored block = tier[slot];
        if (block != null) {
          found.accept(
              new StoredBlock(
                  t,
                  slot,
                  block.hashHi(),
                  block.hashLo(),
                  block.tokens(),
                  block.generation(),
                  block.saltTag(),
                  0));
        }
      }
    }
  }

  @Override
  public void close() {}
}
