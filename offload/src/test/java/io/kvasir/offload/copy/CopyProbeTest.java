package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Questions to a shared server go past the copies from and to it. */
class CopyProbeTest {
  private static final BlockGeometry GEOMETRY = new BlockGeometry(1, 1, 1, 4, 4);
  private static final int[] NONE = {};

  private final BlockingQueue<CopyResult> results = new LinkedBlockingQueue<>();
  private final CountDownLatch mayLoad = new CountDownLatch(1);

  @Test
  void anAnswerDoesNotWaitForLoads() throws InterruptedException {
    try (Arena arena = Arena.ofShared();
        CopyEngine engine = engine(arena)) {
      int[] one = {1};
      long[] hash = {1};
      engine.submit(
          new CopyJob(
              1,
              CopyKind.LOAD,
              CopyUrgency.RESTORE,
              1,
              -1,
              one,
              one,
              NONE,
              hash,
              hash,
              one,
              one,
              one));
      engine.submit(probe(2, 1));
      CopyResult answer = results.take();
      assertThat(answer.jobId()).isEqualTo(2);
      assertThat(answer.outcomes()).containsExactly(CopyOutcome.MISS, CopyOutcome.DONE);
      assertThat(answer.bytes()).isZero();
      assertThat(answer.runs()).isZero();
      mayLoad.countDown();
      assertThat(results.take().jobId()).isEqualTo(1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.submit(probe(3, 0)))
          .withMessageContaining("shared with nobody");
    }
  }

  private static CopyJob probe(long id, int tier) {
    int[] two = {1, 1};
    return new CopyJob(
        id,
        CopyKind.PROBE,
        CopyUrgency.RESTORE,
        tier,
        -1,
        NONE,
        NONE,
        NONE,
        new long[] {7, 8},
        new long[] {0, 0},
        two,
        two,
        two);
  }

  private CopyEngine engine(Arena arena) {
    BlockLayout layout = new BlockLayout(GEOMETRY);
    CopyEngine engine =
        new CopyEngine(
            arena.allocate(layout.arenaBytes(4), 4096),
            layout,
            4,
            List.of(new HeapStore("own", 4), new Server()),
            CopyEngineConfig.forBlockBytes(GEOMETRY.blockBytes()));
    engine.listen(results::add);
    return engine;
  }

  /** Has the blocks of even hashes, and loads when it is let. */
  private final class Server implements BlockStore {
    @Override
    public TierSpec spec() {
      return new TierSpec(TierKind.REMOTE, "remote", 4, true, "raw", true, false, 1, 1);
    }

    @Override
    public void store(List<BlockTransfer> batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void load(List<BlockTransfer> batch) {
      try {
        mayLoad.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      batch.forEach(transfer -> transfer.outcome = CopyOutcome.DONE);
    }

    @Override
    public void probe(List<BlockTransfer> batch) {
      for (BlockTransfer block : batch) {
        block.outcome = block.hashHi % 2 == 0 ? CopyOutcome.DONE : CopyOutcome.MISS;
      }
    }

    @Override
    public void inventory(int tier, Consumer<StoredBlock> found) {}

    @Override
    public void close() {}
  }
}
