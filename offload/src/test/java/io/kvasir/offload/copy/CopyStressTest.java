package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Many threads submit and cancel at once. Every job is told exactly once, and memory is only
 * touched between submission and result: after it, sources are overwritten and destinations are
 * poisoned, which would show in a later load or at the end.
 */
class CopyStressTest {
  private static final int ACTORS = 4;
  private static final int JOBS = 4000;

  @RepeatedTest(4)
  void everyJobIsToldOnceAndNothingIsTouchedAfterwards() throws Exception {
    long seed = System.nanoTime();
    CopyEngineConfig config = new CopyEngineConfig(96, 4, 4, 2, 2);
    HeapStore dram = new HeapStore("dram", CopyRig.BLOCKS);
    HeapStore cxl = new HeapStore("cxl", CopyRig.BLOCKS);
    HeapStore ssd = new HeapStore("ssd", CopyRig.BLOCKS);
    Map<Long, AtomicInteger> told = new ConcurrentHashMap<>();
    try (CopyRig rig = new CopyRig(config, dram, cxl, ssd);
        ExecutorService threads = Executors.newFixedThreadPool(ACTORS)) {
      List<BlockingQueue<CopyResult>> inboxes = new ArrayList<>();
      for (int actor = 0; actor < ACTORS; actor++) {
        inboxes.add(new LinkedBlockingQueue<>());
      }
      rig.engine.listen(result -> {
        told.computeIfAbsent(result.jobId(), _ -> new AtomicInteger()).incrementAndGet();
        inboxes.get((int) (result.jobId() % ACTORS)).add(result);
      });
      List<StressActor> actors = new ArrayList<>();
      List<Future<?>> ends = new ArrayList<>();
      for (int actor = 0; actor < ACTORS; actor++) {
        StressActor body = new StressActor(rig, actor, ACTORS, seed, inboxes.get(actor));
        actors.add(body);
        ends.add(threads.submit(() -> body.run(JOBS)));
      }
      for (Future<?> end : ends) {
        try {
          end.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
          throw new AssertionError("failed with seed " + seed, e);
        }
      }
      rig.engine.drain();
      actors.forEach(StressActor::assertPoisoned);
      assertThat(told).as("seed %d", seed).hasSize(ACTORS * JOBS);
      assertThat(told.values()).allMatch(count -> count.get() == 1);
      LinkStats totals = rig.stats(0, LinkDirection.READ);
      assertThat(totals.queuedBlocks()).isZero();
      assertThat(totals.runningBlocks()).isZero();
      assertThat(rig.engine.stats().stream().mapToLong(LinkStats::jobs).sum())
          .isEqualTo((long) ACTORS * JOBS);
    }
  }
}
