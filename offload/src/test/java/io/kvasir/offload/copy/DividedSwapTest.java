package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.RequestCopies;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.store.arena.NanoTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** A swap-out and its restore over two emulated links, each with a time of its own. */
class DividedSwapTest {
  private static final int BLOCK_TOKENS = 16;
  private static final int REQUEST_BLOCKS = 60;
  private static final int TOKENS = REQUEST_BLOCKS * BLOCK_TOKENS;
  private static final long GB = 1_000_000_000L;

  /** A link rounds the time of each of its calls. */
  private static final Percentage CLOSE = Percentage.withPercentage(1);

  private final Link dram = new Link(TierKind.DRAM, 3 * GB);
  private final Link cxl = new Link(TierKind.CXL, GB);

  /** A link and how long it has been busy. */
  private static final class Link implements NanoTimer {
    private final AtomicLong now = new AtomicLong();
    private final EmulatedLink store;

    Link(TierKind kind, long bytesPerSecond) {
      LinkSpeed speed = new LinkSpeed(bytesPerSecond, 0);
      store = new EmulatedLink(new HeapStore(kind, 100, 100 * GB), speed, speed, this);
    }

    @Override
    public long nanoTime() {
      return now.get();
    }

    @Override
    public void waitUntil(long nanoTime) {
      now.accumulateAndGet(nanoTime, Math::max);
    }
  }

  @Test
  void bothLinksWorkAtOnceAndEndTogether() throws InterruptedException {
    try (CopyRig rig = new CopyRig(CopyRig.SMALL, dram.store, cxl.store)) {
      CostModel costs = new CostModel(CopyRig.BLOCK_BYTES, rig.engine.tiers());
      KvPool pool =
          new KvPool(
              new KvPoolConfig(CopyRig.BLOCKS, BLOCK_TOKENS, REQUEST_BLOCKS + 1, false),
              rig.engine.tiers(),
              costs);
      Residency residency = pool.residency();
      HashChain chain = new HashChain(REQUEST_BLOCKS);
      chain.extend(IntStream.range(0, TOKENS).toArray(), TOKENS, BLOCK_TOKENS);
      BlockTable table = pool.newTable();
      admit(pool, table, chain);
      for (int i = 0; i < REQUEST_BLOCKS; i++) {
        rig.fill(table.blockId(i), i + 1);
      }
      RequestCopies copies = new RequestCopies(REQUEST_BLOCKS);
      assertThat(residency.swapOut(table, chain, TOKENS, copies)).isEqualTo(TOKENS);
      pool.release(table);
      assertThat(carryOut(rig, residency)).containsExactly(45, 15);
      long bytesOnCxl = 15L * CopyRig.BLOCK_BYTES;
      assertThat(cxl.nanoTime()).isEqualTo(bytesOnCxl);
      assertThat(dram.nanoTime()).isCloseTo(bytesOnCxl, CLOSE);

      for (int i = 0; i < CopyRig.BLOCKS; i++) {
        rig.fill(i, 0);
      }
      admit(pool, table, chain);
      Restore restore = residency.loads().begin(0, REQUEST_BLOCKS, 0);
      residency.loads().order(restore, table, chain, REQUEST_BLOCKS);
      assertThat(carryOut(rig, residency)).containsExactly(45, 15);
      assertThat(restore.loadedEnd(0)).isEqualTo(REQUEST_BLOCKS);
      assertThat(cxl.nanoTime()).isEqualTo(2 * bytesOnCxl);
      assertThat(dram.nanoTime()).isCloseTo(2 * bytesOnCxl, CLOSE);
      for (int i = 0; i < REQUEST_BLOCKS; i++) {
        rig.assertFilled(table.blockId(i), i + 1);
      }
    }
  }

  private static void admit(KvPool pool, BlockTable table, HashChain chain) {
    assertThat(pool.admit(table, chain, 0, TOKENS, 0)).isInstanceOf(Allocation.Granted.class);
  }

  /** Carries out what was ordered; blocks of each job, in the order of tiers. */
  private static List<Integer> carryOut(CopyRig rig, Residency residency)
      throws InterruptedException {
    List<CopyJob> jobs = residency.takeOrders();
    List<Integer> blocks = new ArrayList<>();
    for (CopyJob job : jobs) {
      rig.engine.submit(job);
      blocks.add(job.blockCount());
    }
    for (int i = 0; i < jobs.size(); i++) {
      CopyResult result = rig.next();
      assertThat(result.failure()).isEmpty();
      residency.apply(result);
    }
    return blocks;
  }
}
