package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.copy.CopyEngine;
import io.kvasir.offload.copy.CopyEngineConfig;
import io.kvasir.offload.copy.EmulatedLink;
import io.kvasir.offload.copy.LinkSpeed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How much of memcpy's bandwidth does a swap-out of 64 contiguous blocks reach when every copy has
 * a price? {@code group} is one job whose runs the copy engine moves in one piece each; its
 * baseline {@code perBlock} is the same job and engine with a copy for every block. {@code memcpy}
 * moves the same bytes with one call on the caller's thread: time of memcpy / time of another is
 * the share of memcpy's bandwidth that the other reaches.
 *
 * <p>The price is spent by an emulated link that spins. The tier is memory without checksums, so
 * what is lost is the price and the engine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class GroupCopyBenchmark {
  private static final int BLOCKS = 64;

  /** Source and destination, touched. */
  @State(Scope.Benchmark)
  public static class Memory {
    /** Size of one block in bytes. */
    @Param({"65536", "2097152"})
    public int blockBytes;

    private Arena arena;
    private MemorySegment device;
    private MemorySegment tier;

    /** Allocates both and touches every byte of them. */
    @Setup(Level.Trial)
    public void allocate() {
      arena = Arena.ofShared();
      device = arena.allocate((long) BLOCKS * blockBytes, 4096).fill((byte) 1);
      tier = arena.allocate((long) BLOCKS * blockBytes, 4096).fill((byte) 2);
    }

    /** Frees both. */
    @TearDown(Level.Trial)
    public void free() {
      arena.close();
    }
  }

  /** The engine, and the jobs to give it. */
  @State(Scope.Benchmark)
  public static class Engine {
    /** Price of one copy in nanoseconds. */
    @Param({"0", "3000", "10000"})
    public long copyNanos;

    private final BlockingQueue<CopyResult> results = new LinkedBlockingQueue<>();
    private BlockLayout layout;
    private CopyEngine group;
    private CopyEngine perBlock;
    private long jobs;

    /** Starts one engine that moves groups and one that moves single blocks. */
    @Setup(Level.Trial)
    public void start(Memory memory) {
      layout = new BlockLayout(new BlockGeometry(1, 1, memory.blockBytes / 32, 1, 16));
      CopyEngineConfig config = CopyEngineConfig.forBlockBytes(memory.blockBytes);
      group = engine(memory, config);
      perBlock =
          engine(
              memory,
              new CopyEngineConfig(
                  config.queueBlocksMax(),
                  1,
                  config.promoteEvery(),
                  config.threads(),
                  config.stagingPieces()));
    }

    private CopyEngine engine(Memory memory, CopyEngineConfig config) {
      LinkSpeed price = new LinkSpeed(LinkSpeed.UNLIMITED, copyNanos);
      EmulatedLink link =
          new EmulatedLink(
              new RunCopyStore(TierKind.DRAM, memory.device, memory.tier, memory.blockBytes),
              price,
              price);
      CopyEngine engine = new CopyEngine(memory.device, layout, BLOCKS, List.of(link), config);
      engine.listen(results::add);
      return engine;
    }

    /** Ends both engines. */
    @TearDown(Level.Trial)
    public void stop() {
      group.close();
      perBlock.close();
    }

    private CopyResult copy(CopyEngine engine) throws InterruptedException {
      engine.submit(storeAll());
      CopyResult result = results.take();
      if (!result.failure().isEmpty()) {
        throw new IllegalStateException(result.failure());
      }
      return result;
    }

    private CopyJob storeAll() {
      int[] ids = IntStream.range(0, BLOCKS).toArray();
      long[] hash = new long[BLOCKS];
      int[] ones = new int[BLOCKS];
      Arrays.fill(ones, 1);
      return new CopyJob(
          ++jobs,
          CopyKind.STORE,
          CopyUrgency.SWAP_OUT,
          0,
          -1,
          ids,
          ids,
          new int[0],
          hash,
          hash,
          ones,
          ones,
          ones);
    }
  }

  /** The baseline of bandwidth: all bytes with one call. */
  @Benchmark
  public MemorySegment memcpy(Memory memory) {
    return memory.tier.copyFrom(memory.device);
  }

  /** The engine copies runs. */
  @Benchmark
  public CopyResult group(Engine engine) throws InterruptedException {
    return engine.copy(engine.group);
  }

  /** The baseline of grouping: the engine copies block by block. */
  @Benchmark
  public CopyResult perBlock(Engine engine) throws InterruptedException {
    return engine.copy(engine.perBlock);
  }
}
