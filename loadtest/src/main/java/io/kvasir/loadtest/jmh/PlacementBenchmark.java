package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.Allocation;
import io.kvasir.kvpool.KvPool;
import io.kvasir.kvpool.KvPoolConfig;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.residency.RequestCopies;
import io.kvasir.kvpool.residency.Residency;
import io.kvasir.kvpool.residency.Restore;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.copy.CopyEngine;
import io.kvasir.offload.copy.CopyEngineConfig;
import io.kvasir.offload.copy.EmulatedLink;
import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.store.BlockStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does a request of 64 blocks wait for its KV, 16 MiB, if all of it lies in DRAM, all of
 * it on CXL, or where the placement divides it? {@code dramOnly} is the baseline: what a swap-out
 * did when it took the first tier with room.
 *
 * <p>The links are emulated, 3 GB/s and 1 GB/s: at best 5.6 ms, 16.8 ms and 4.2 ms. The tiers are
 * memory without checksums.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlacementBenchmark {
  private static final int BLOCKS = 64;
  private static final int BLOCK_TOKENS = 16;
  private static final int BLOCK_BYTES = 1 << 18;
  private static final long DRAM_SPEED = 3_000_000_000L;
  private static final long CXL_SPEED = 1_000_000_000L;

  /** A swapped request over two links. */
  private static final class Rig {
    private final BlockingQueue<CopyResult> results = new LinkedBlockingQueue<>();
    private final Arena memory = Arena.ofShared();
    private final MemorySegment device = room();
    private final CopyEngine engine;
    private final KvPool pool;
    private final BlockTable table;
    private final HashChain chain = new HashChain(BLOCKS);

    /** Swaps a request out, to tiers of at most so many blocks. */
    Rig(int dramBlocks, int cxlBlocks) throws InterruptedException {
      List<BlockStore> links =
          List.of(link(TierKind.DRAM, DRAM_SPEED), link(TierKind.CXL, CXL_SPEED));
      engine =
          new CopyEngine(
              device,
              new BlockLayout(new BlockGeometry(1, 1, BLOCK_BYTES / 32, 1, BLOCK_TOKENS)),
              BLOCKS,
              links,
              CopyEngineConfig.forBlockBytes(BLOCK_BYTES));
      engine.listen(results::add);
      CostModel costs = new CostModel(BLOCK_BYTES, engine.tiers());
      pool =
          new KvPool(new KvPoolConfig(BLOCKS, BLOCK_TOKENS, BLOCKS, false), engine.tiers(), costs);
      pool.residency().tier(0).setLimit(dramBlocks);
      pool.residency().tier(1).setLimit(cxlBlocks);
      table = pool.newTable();
      int tokens = BLOCKS * BLOCK_TOKENS;
      chain.extend(IntStream.range(0, tokens).toArray(), tokens, BLOCK_TOKENS);
      admit();
      RequestCopies copies = new RequestCopies(BLOCKS);
      if (pool.residency().swapOut(table, chain, tokens, copies) != tokens) {
        throw new IllegalStateException("the tiers have no room");
      }
      pool.release(table);
      carryOut();
    }

    private MemorySegment room() {
      return memory.allocate((long) BLOCKS * BLOCK_BYTES, 4096).fill((byte) 1);
    }

    private BlockStore link(TierKind kind, long bytesPerSecond) {
      LinkSpeed speed = new LinkSpeed(bytesPerSecond, 0);
      return new EmulatedLink(new RunCopyStore(kind, device, room(), BLOCK_BYTES), speed, speed);
    }

    private void admit() {
      if (!(pool.admit(table, chain, 0, BLOCKS * BLOCK_TOKENS, 0) instanceof Allocation.Granted)) {
        throw new IllegalStateException("the pool has no room");
      }
    }

    Restore restore() throws InterruptedException {
      admit();
      Restore restore = pool.residency().loads().begin(0, BLOCKS, 0);
      pool.residency().loads().order(restore, table, chain, BLOCKS);
      carryOut();
      pool.release(table);
      if (restore.loadedEnd(0) < BLOCKS) {
        throw new IllegalStateException("not all blocks were loaded");
      }
      return restore;
    }

    private void carryOut() throws InterruptedException {
      Residency residency = pool.residency();
      List<CopyJob> jobs = residency.takeOrders();
      jobs.forEach(engine::submit);
      for (int i = 0; i < jobs.size(); i++) {
        residency.apply(results.take());
      }
    }

    void close() {
      engine.close();
      memory.close();
    }
  }

  /** A request that was swapped out in each of the three ways. */
  @State(Scope.Benchmark)
  public static class Swapped {
    private Rig dramOnly;
    private Rig cxlOnly;
    private Rig divided;

    /** Swaps them out. */
    @Setup(Level.Trial)
    public void swapOut() throws InterruptedException {
      dramOnly = new Rig(BLOCKS, 0);
      cxlOnly = new Rig(0, BLOCKS);
      divided = new Rig(BLOCKS, BLOCKS);
    }

    /** Frees their memory. */
    @TearDown(Level.Trial)
    public void close() {
      dramOnly.close();
      cxlOnly.close();
      divided.close();
    }
  }

  /** The baseline: everything in the first tier with room. */
  @Benchmark
  public Restore dramOnly(Swapped swapped) throws InterruptedException {
    return swapped.dramOnly.restore();
  }

  /** Everything on the slower link. */
  @Benchmark
  public Restore cxlOnly(Swapped swapped) throws InterruptedException {
    return swapped.cxlOnly.restore();
  }

  /** Divided by bandwidth: both links load at once. */
  @Benchmark
  public Restore divided(Swapped swapped) throws InterruptedException {
    return swapped.divided.restore();
  }
}
