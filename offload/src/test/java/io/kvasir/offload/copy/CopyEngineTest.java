package io.kvasir.offload.copy;

import static io.kvasir.kvpool.tier.CopyUrgency.BACKGROUND;
import static io.kvasir.kvpool.tier.CopyUrgency.RESTORE;
import static io.kvasir.kvpool.tier.CopyUrgency.SWAP_OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.StoredBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What the engine promises while all stores are well. */
class CopyEngineTest {
  private final HeapStore dram = new HeapStore("dram", 100);
  private final HeapStore ssd = new HeapStore("ssd", 100);

  private static CopyJob storeOf(long id, int first, int count) {
    return Jobs.store(id, SWAP_OUT, 0, Jobs.range(first, count), Jobs.range(first, count));
  }

  @Test
  void whatWasStoredIsLoaded() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      for (int i = 0; i < 10; i++) {
        rig.fill(i, i + 1);
      }
      CopyResult stored = rig.run(storeOf(1, 0, 10));
      assertThat(stored.outcomes()).hasSize(10).containsOnly(CopyOutcome.DONE);
      assertThat(stored.bytes()).isEqualTo(10L * CopyRig.BLOCK_BYTES);
      assertThat(stored.failure()).isEmpty();
      assertThat(stored.queueNanos()).isNotNegative();
      assertThat(stored.copyNanos()).isPositive();

      CopyResult loaded = rig.run(Jobs.load(2, RESTORE, 0, Jobs.range(100, 10), Jobs.range(0, 10)));
      assertThat(loaded.outcomes()).hasSize(10).containsOnly(CopyOutcome.DONE);
      for (int i = 0; i < 10; i++) {
        rig.assertFilled(100 + i, i + 1);
      }
    }
  }

  @Test
  void anotherBlockIsAMissAndTheOthersAreLoaded() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      rig.fill(0, 5);
      rig.fill(2, 7);
      assertThat(rig.run(Jobs.store(1, SWAP_OUT, 0, ints(0, 2), ints(0, 2))).failure()).isEmpty();
      CopyResult loaded = rig.run(Jobs.load(2, RESTORE, 0, ints(10, 11, 12), ints(0, 1, 2)));
      assertThat(loaded.outcomes())
          .containsExactly(CopyOutcome.DONE, CopyOutcome.MISS, CopyOutcome.DONE);
      assertThat(loaded.failure()).isEqualTo("slot 1 holds another block");
      rig.assertFilled(10, 5);
      rig.assertFilled(12, 7);
      assertThat(rig.stats(0, LinkDirection.READ).misses()).isEqualTo(1);
      assertThat(rig.stats(0, LinkDirection.READ).blocks()).isEqualTo(2);
    }
  }

  @Test
  void neighboursAreOneRun() throws InterruptedException {
    try (CopyRig rig = new CopyRig(new CopyEngineConfig(64, 16, 4, 1, 2), dram)) {
      // Blocks 3 4 5 | 6 (slot jumps) | 9 (block jumps) 10.
      CopyResult result =
          rig.run(Jobs.store(1, SWAP_OUT, 0, ints(3, 4, 5, 6, 9, 10), ints(0, 1, 2, 7, 8, 9)));
      assertThat(result.runs()).isEqualTo(3);
      assertThat(dram.calls()).containsExactly(List.of(0, 1, 2, 7, 8, 9));
      LinkStats stats = rig.stats(0, LinkDirection.WRITE);
      assertThat(stats.runs()).isEqualTo(3);
      assertThat(stats.calls()).isEqualTo(1);
      assertThat(stats.meanRunBlocks()).isEqualTo(2.0);
    }
  }

  @Test
  void jobsThatWaitTogetherShareACallAndARun() throws InterruptedException {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 50, 1));
      assertThat(gated.stores.awaitCall()).containsExactly(50);
      rig.engine.submit(storeOf(2, 0, 2));
      rig.engine.submit(storeOf(3, 2, 2));
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(0, 1, 2, 3);
      gated.letAll();
      assertThat(List.of(rig.next(), rig.next(), rig.next()))
          .extracting(CopyResult::jobId, CopyResult::runs)
          .containsExactly(tuple(1), tuple(2), tuple(3));
      assertThat(rig.stats(0, LinkDirection.WRITE).runs()).isEqualTo(2);
    }
  }

  private static Tuple tuple(long id) {
    return Tuple.tuple(id, 1);
  }

  @Test
  void anUrgentJobOvertakesALargeOneAndTheLargeOneStillComes() throws InterruptedException {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(Jobs.store(1, BACKGROUND, 0, Jobs.range(0, 12), Jobs.range(0, 12)));
      assertThat(gated.stores.awaitCall()).containsExactly(0, 1, 2, 3);
      rig.engine.submit(Jobs.store(2, SWAP_OUT, 0, Jobs.range(20, 16), Jobs.range(20, 16)));
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(20, 21, 22, 23);
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(24, 25, 26, 27);
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(28, 29, 30, 31);
      // The fourth piece is the oldest's.
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(4, 5, 6, 7);
      assertThat(gated.stores.letAndAwaitCall()).containsExactly(32, 33, 34, 35);
      gated.letAll();
      assertThat(rig.next().jobId()).isEqualTo(2);
      assertThat(rig.next().jobId()).isEqualTo(1);
    }
  }

  @Test
  void bothDirectionsOfOneTierRunAtOnce() throws InterruptedException {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 0, 1));
      rig.engine.submit(Jobs.load(2, RESTORE, 0, ints(5), ints(5)));
      assertThat(gated.stores.awaitCall()).containsExactly(0);
      assertThat(gated.loads.awaitCall()).containsExactly(5);
      assertThat(rig.stats(0, LinkDirection.READ).runningBlocks()).isEqualTo(1);
      assertThat(rig.stats(0, LinkDirection.WRITE).runningBlocks()).isEqualTo(1);
      gated.letAll();
      assertThat(List.of(rig.next().jobId(), rig.next().jobId())).containsExactlyInAnyOrder(1L, 2L);
    }
  }

  @Test
  void aJobThatFindsNoRoomComesBackAtOnceAndOnAnotherThread() throws Exception {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 0, 4));
      assertThat(gated.stores.awaitCall()).hasSize(4);
      rig.engine.submit(storeOf(2, 4, 64));
      CompletableFuture<Thread> hearing = new CompletableFuture<>();
      rig.engine.listen(result -> {
        hearing.complete(Thread.currentThread());
        rig.results.add(result);
      });
      rig.engine.submit(storeOf(3, 70, 2));
      CopyResult refused = rig.next();
      assertThat(refused.jobId()).isEqualTo(3);
      assertThat(refused.outcomes()).containsExactly(CopyOutcome.CANCELLED, CopyOutcome.CANCELLED);
      assertThat(refused.failure()).isEqualTo("queue full");
      assertThat(hearing.get()).isNotSameAs(Thread.currentThread());
      LinkStats stats = rig.stats(0, LinkDirection.WRITE);
      assertThat(stats.refusedJobs()).isEqualTo(1);
      assertThat(stats.queuedBlocks()).isEqualTo(64);
      // A load has a queue of its own.
      rig.engine.submit(Jobs.load(4, RESTORE, 0, ints(90), ints(90)));
      assertThat(gated.loads.awaitCall()).containsExactly(90);
      gated.letAll();
      List<Long> rest = new ArrayList<>();
      Collections.addAll(rest, rig.next().jobId(), rig.next().jobId(), rig.next().jobId());
      assertThat(rest).containsExactlyInAnyOrder(1L, 2L, 4L);
    }
  }

  @Test
  void saysWhatTheTiersHold() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram, ssd)) {
      rig.run(storeOf(1, 3, 2));
      rig.run(Jobs.store(2, SWAP_OUT, 1, ints(3), ints(9)));
      rig.engine.drain();
      List<StoredBlock> found = new ArrayList<>();
      rig.engine.inventory(found::add);
      assertThat(found)
          .containsExactly(
              new StoredBlock(0, 3, 3, ~3L, 1, 1, 1, 0),
              new StoredBlock(0, 4, 4, ~4L, 1, 1, 1, 0),
              new StoredBlock(1, 9, 9, ~9L, 1, 1, 1, 0));
      assertThat(rig.engine.tiers()).containsExactly(dram.spec(), ssd.spec());
    }
  }

  @Test
  void inventoryIsRefusedWhileSomethingIsUnderWay() throws InterruptedException {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 0, 1));
      gated.stores.awaitCall();
      assertThatThrownBy(() -> rig.engine.inventory(_ -> {}))
          .isInstanceOf(IllegalStateException.class);
      gated.letAll();
    }
  }

  @Test
  void namesTheFieldItRefuses() throws InterruptedException {
    GatedStore gated = new GatedStore(dram);
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated, ssd)) {
      assertRefused(rig, Jobs.load(1, RESTORE, 2, ints(0), ints(0)), "tier", "2");
      assertRefused(rig, Jobs.load(1, RESTORE, 0, ints(0), ints(100)), "slots", "100");
      assertRefused(rig, Jobs.load(1, RESTORE, 0, ints(256), ints(0)), "blocks", "256");
      assertRefused(rig, Jobs.load(1, RESTORE, 0, ints(-1), ints(0)), "blocks", "-1");
      assertRefused(rig, Jobs.move(1, RESTORE, 0, 2, ints(0), ints(0)), "toTier", "2");
      assertRefused(rig, Jobs.move(1, RESTORE, 0, 1, ints(0), ints(100)), "toSlots", "100");
      rig.engine.submit(storeOf(7, 0, 1));
      gated.stores.awaitCall();
      assertRefused(rig, storeOf(7, 1, 1), "jobId", "7");
      gated.letAll();
      assertThat(rig.next().jobId()).isEqualTo(7);
      assertThat(rig.results).isEmpty();
    }
  }

  private static void assertRefused(CopyRig rig, CopyJob job, String field, String value) {
    assertThatThrownBy(() -> rig.engine.submit(job))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(value);
  }

  private static int[] ints(int... values) {
    return values;
  }
}
