package io.kvasir.offload.copy;

import static io.kvasir.kvpool.tier.CopyOutcome.CANCELLED;
import static io.kvasir.kvpool.tier.CopyOutcome.DONE;
import static io.kvasir.kvpool.tier.CopyUrgency.BACKGROUND;
import static io.kvasir.kvpool.tier.CopyUrgency.RESTORE;
import static io.kvasir.kvpool.tier.CopyUrgency.SWAP_OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Cancel, drain and close of jobs that wait, run and are done. */
class CopyCancelTest {
  private final HeapStore dram = new HeapStore("dram", 100);
  private final HeapStore ssd = new HeapStore("ssd", 100);
  private final GatedStore gated = new GatedStore(dram);

  private static CopyJob storeOf(long id, int first, int count) {
    return Jobs.store(id, SWAP_OUT, 0, Jobs.range(first, count), Jobs.range(first, count));
  }

  @Test
  void whatWaitsIsCancelledAndItsDestinationUnchanged() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 0, 4));
      gated.stores.awaitCall();
      rig.engine.submit(storeOf(2, 10, 8));
      rig.engine.submit(storeOf(3, 20, 4));
      rig.engine.cancel(2);
      CopyResult cancelled = rig.next();
      assertThat(cancelled.jobId()).isEqualTo(2);
      assertThat(cancelled.outcomes()).hasSize(8).containsOnly(CANCELLED);
      assertThat(cancelled.failure()).isEmpty();
      assertThat(cancelled.runs()).isZero();
      assertThat(cancelled.bytes()).isZero();
      assertThat(rig.stats(0, LinkDirection.WRITE).queuedBlocks()).isEqualTo(4);
      assertThat(rig.stats(0, LinkDirection.WRITE).cancelled()).isEqualTo(8);
      gated.letAll();
      assertThat(rig.next().outcomes()).containsOnly(DONE);
      assertThat(rig.next().outcomes()).containsOnly(DONE);
      assertThat(dram.calls()).containsExactly(List.of(0, 1, 2, 3), List.of(20, 21, 22, 23));
    }
  }

  @Test
  void ofAJobThatRunsThePieceUnderWayFinishes() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated)) {
      rig.engine.submit(storeOf(1, 0, 10));
      gated.stores.awaitCall();
      rig.engine.cancel(1);
      rig.engine.cancel(1);
      assertThat(rig.results).isEmpty();
      gated.letAll();
      CopyResult result = rig.next();
      assertThat(result.outcomes().subList(0, 4)).containsOnly(DONE);
      assertThat(result.outcomes().subList(4, 10)).containsOnly(CANCELLED);
      assertThat(result.bytes()).isEqualTo(4L * CopyRig.BLOCK_BYTES);
      assertThat(dram.calls()).containsExactly(List.of(0, 1, 2, 3));
    }
  }

  @Test
  void whatIsDoneOrUnknownCannotBeCancelled() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      assertThat(rig.run(storeOf(1, 0, 4)).outcomes()).containsOnly(DONE);
      rig.engine.cancel(1);
      rig.engine.cancel(99);
      rig.engine.drain();
      assertThat(rig.results).isEmpty();
    }
  }

  @Test
  void drainCancelsWhatWaitsAndWaitsForWhatRuns() throws Exception {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, gated, ssd)) {
      rig.engine.submit(storeOf(1, 0, 6));
      rig.engine.submit(Jobs.load(2, RESTORE, 0, Jobs.range(50, 2), Jobs.range(50, 2)));
      gated.stores.awaitCall();
      gated.loads.awaitCall();
      rig.engine.submit(storeOf(3, 10, 4));
      rig.engine.submit(Jobs.move(4, BACKGROUND, 0, 1, Jobs.range(60, 4), Jobs.range(60, 4)));
      CompletableFuture<List<Long>> drained =
          CompletableFuture.supplyAsync(() -> {
            rig.engine.drain();
            List<Long> told = new ArrayList<>();
            rig.results.forEach(result -> told.add(result.jobId()));
            return told;
          });
      // Those that never began come back while the others are still under way.
      assertThat(List.of(rig.next().jobId(), rig.next().jobId())).containsExactlyInAnyOrder(3L, 4L);
      assertThat(drained).isNotDone();
      gated.stores.let();
      assertThat(rig.next().outcomes())
          .containsExactly(DONE, DONE, DONE, DONE, CANCELLED, CANCELLED);
      assertThat(drained).isNotDone();
      gated.letAll();
      assertThat(drained.get(30, TimeUnit.SECONDS)).containsExactly(2L);
      assertThat(rig.next().outcomes()).hasSize(2);
      // The engine goes on.
      assertThat(rig.run(storeOf(5, 0, 1)).outcomes()).containsOnly(DONE);
    }
  }

  @Test
  void drainReturnsOnlyAfterTheListenerHasHeard() throws Exception {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      CountDownLatch hearing = new CountDownLatch(1);
      CountDownLatch heard = new CountDownLatch(1);
      AtomicBoolean told = new AtomicBoolean();
      rig.engine.listen(_ -> {
        hearing.countDown();
        awaitQuietly(heard);
        told.set(true);
      });
      rig.engine.submit(storeOf(1, 0, 1));
      assertThat(hearing.await(30, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> {
            rig.engine.drain();
            return told.get();
          });
      heard.countDown();
      assertThat(drained.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closeTellsEveryJobEndsTheThreadsAndClosesTheTiers() throws Exception {
    CopyRig rig = new CopyRig(CopyRig.SMALL, gated, ssd);
    rig.engine.submit(storeOf(1, 0, 6));
    gated.stores.awaitCall();
    rig.engine.submit(storeOf(2, 10, 4));
    CompletableFuture<Void> closed = CompletableFuture.runAsync(rig.engine::close);
    assertThat(rig.next().jobId()).isEqualTo(2);
    assertThatThrownBy(() -> rig.engine.submit(storeOf(3, 0, 1)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(dram.isClosed()).isFalse();
    gated.letAll();
    closed.get(30, TimeUnit.SECONDS);
    assertThat(rig.next().jobId()).isEqualTo(1);
    assertThat(dram.isClosed()).isTrue();
    assertThat(ssd.isClosed()).isTrue();
    rig.engine.close();
    assertThat(rig.results).isEmpty();
    rig.close();
  }

  @Test
  void aCopyThreadMayNotWaitForItself() throws Exception {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      rig.engine.listen(result -> {
        try {
          rig.engine.drain();
        } catch (IllegalStateException e) {
          thrown.complete(e);
        }
        rig.results.add(result);
      });
      rig.run(storeOf(1, 0, 1));
      assertThat(thrown.get(30, TimeUnit.SECONDS)).hasMessageContaining("copy thread");
    }
  }

  @Test
  void withoutAListenerNoJobIsTaken() {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram)) {
      try (CopyEngine deaf =
          new CopyEngine(rig.arena, CopyRig.LAYOUT, 1, List.of(ssd), CopyRig.SMALL)) {
        assertThatThrownBy(() -> deaf.submit(storeOf(1, 0, 1)))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }
}
