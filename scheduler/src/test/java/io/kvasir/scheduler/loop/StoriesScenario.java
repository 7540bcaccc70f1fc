package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.offload.codec.CodecTables;
import io.kvasir.offload.index.HeapBlockIndex;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TieredBlockStore;
import io.kvasir.offload.store.arena.ArenaStore;
import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.offload.store.arena.CxlStores;
import io.kvasir.offload.store.arena.NanoTimer;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Sixteen requests on a real model whose arena has room for four, all from one seed: they arrive,
 * steps are planned and executed, copies move and are heard of in a random order, in one thread.
 * Every invariant is checked after each of these.
 *
 * <p>The arena begins as NaN everywhere: whoever reads what was neither computed nor loaded fails
 * the step.
 */
final class StoriesScenario {
  private static final int TURNS_MAX = 200_000;
  private static final int STRIPE_BLOCKS = 2;
  private static final long SPEED = 1_000_000_000;
  private static final byte NAN = (byte) 0xFF;

  /** Time that jumps to whatever an emulated device waits for. */
  private static final class JumpingTimer implements NanoTimer {
    private long now;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void waitUntil(long nanoTime) {
      now = Math.max(now, nanoTime);
    }
  }

  private final SplittableRandom random;
  private final CpuModelRunner runner;
  private final SteppedTiers tiers;
  private final StepEngine engine;
  private final SchedulerCore core;
  private final List<RecordedRequest> requests;
  private final Queue<StepPlan> sent = new ArrayDeque<>();
  private int submitted;
  private long now;

  /**
   * @param kinds of the tiers, in their order
   * @param folder for the file of an SSD tier
   * @param requests to be served
   */
  StoriesScenario(
      long seed,
      CpuModelRunner runner,
      Set<TierKind> kinds,
      Path folder,
      List<RecordedRequest> requests)
      throws IOException {
    this.random = new SplittableRandom(seed);
    this.runner = runner;
    this.requests = requests;
    List<BlockStore> stores = new ArrayList<>();
    for (TierKind kind : kinds) {
      stores.add(open(kind, folder));
    }
    runner.arena().segment().fill(NAN);
    tiers = new SteppedTiers(stores, runner.arena(), random.split());
    engine = new StepEngine(runner, requests.size(), tiers, () -> now);
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(64, requests.size(), 16 + random.nextInt(112))
            .maxPlansInFlight(1 + random.nextInt(2))
            .policy(random.nextBoolean() ? PolicyKind.FCFS : PolicyKind.PRIORITY)
            .prefixCaching(random.nextInt(4) > 0)
            .preemption(random.nextInt(4) > 0 ? PreemptionMode.SWAP : PreemptionMode.AUTO)
            .copyPatienceMillis(random.nextInt(4) > 0 ? 1000 : 1)
            .build();
    core = new SchedulerCore(config, new Tenants(), SchedulerEvents.NONE, CacheSecret.NONE);
    core.workerConnected(engine.info("worker"), now);
  }

  private BlockStore open(TierKind kind, Path folder) throws IOException {
    BlockCodecs codecs = new BlockCodecs(runner.geometry(), CodecTables.defaults());
    int recordBytes = RecordFormat.maxRecordBytes(codecs.named("raw").get().maxEncodedBytes());
    // From a tier that is always full to one with room for all.
    int slots = 2 * (1 + random.nextInt(random.nextBoolean() ? 8 : 128));
    HeapBlockIndex index = new HeapBlockIndex(slots);
    TierStore store =
        switch (kind) {
          case DRAM ->
              ArenaStore.dram(
                  "dram",
                  (long) slots * recordBytes,
                  recordBytes,
                  OptionalInt.empty(),
                  ArenaStore.Commit.LAZILY);
          case CXL -> {
            CxlDevice half =
                new CxlDevice.Emulated((long) slots / 2 * recordBytes, SPEED, SPEED, 500);
            yield CxlStores.open(
                "cxl", List.of(half, half), recordBytes, STRIPE_BLOCKS, new JumpingTimer());
          }
          case SSD -> {
            Path file = folder.resolve("blocks.kv");
            Files.deleteIfExists(file);
            FileStoreConfig config =
                new FileStoreConfig(
                    "ssd",
                    file,
                    (1 << 20) + (long) slots * recordBytes,
                    slots,
                    recordBytes,
                    runner.geometry(),
                    runner.modelFingerprint(),
                    Long.MAX_VALUE);
            yield FileStore.open(config, index::forEach, () -> 0);
          }
          case REMOTE -> throw new IllegalArgumentException("a server is not part of this");
        };
    return new TieredBlockStore(
        store,
        codecs.named("raw"),
        runner.geometry(),
        runner.modelFingerprint(),
        SPEED,
        SPEED,
        kind == TierKind.SSD ? index : null,
        () -> 0);
  }

  /** Serves all requests to their ends. */
  void run() {
    try (tiers) {
      // From copies that are over at once to copies that take many steps.
      int copyShare = 1 + random.nextInt(40);
      int arrivalShare = 1 + random.nextInt(20);
      int turns = 0;
      while (submitted < requests.size() || core.requestCount() > 0) {
        if (submitted < requests.size() && random.nextInt(20) < arrivalShare) {
          submit();
        }
        turn(random.nextInt(40 + copyShare));
        assertThat(core.violations()).isEmpty();
        assertThat(turns++).as(core::dump).isLessThan(TURNS_MAX);
      }
      for (RecordedRequest request : requests) {
        assertThat(request.misuse()).isNull();
        assertThat(request.end().reason()).isEqualTo(FinishReason.LENGTH);
      }
    }
  }

  private void turn(int dice) {
    now += random.nextInt(2000);
    if (dice < 20) {
      StepPlan plan = core.plan(now);
      if (plan != null) {
        sent.add(plan);
      }
    } else if (dice < 40) {
      execute();
    } else if (random.nextBoolean()) {
      tiers.carryOutAny();
    } else if (tiers.hasResult()) {
      core.applyCopy(tiers.anyResult());
    } else {
      core.expire(now);
    }
  }

  private void submit() {
    RecordedRequest request = requests.get(submitted++);
    core.submit(request.spec(), request, request, now);
  }

  private void execute() {
    StepPlan plan = sent.poll();
    if (plan != null) {
      plan.copies().forEach(tiers::submit);
      StepResult result = engine.execute(plan);
      assertThat(result.failure()).isEmpty();
      core.apply(
          new StepResult(result.stepId(), result.tokens(), 1000L * plan.tokenCount(), ""), now);
    }
  }

  SteppedTiers tiers() {
    return tiers;
  }

  SchedulerStatus.Totals totals() {
    return core.status("").totals();
  }
}
