package io.kvasir.loadtest.interference;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.offload.codec.CopyPace;
import io.kvasir.offload.codec.RawCodec;
import io.kvasir.offload.copy.CopyEngine;
import io.kvasir.offload.copy.CopyEngineConfig;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TieredBlockStore;
import io.kvasir.offload.store.arena.ArenaStore;
import io.kvasir.offload.store.arena.HostArena;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A request that is swapped out and in again without a pause, while it is told to. Its blocks lie
 * in memory of their own, side by side; each swap is one job of whole groups. {@link #start} and
 * {@link #stop} are one thread's.
 */
final class SwappingRequest implements AutoCloseable {
  private static final int BLOCK_TOKENS = 16;
  private static final String MODEL = "interference";

  private final int blocks;
  private final HostArena memory;
  private final CopyEngine engine;
  private final Semaphore idle = new Semaphore(0);
  private final AtomicLong copiedBytes = new AtomicLong();
  private volatile boolean running;
  private volatile @Nullable String failure;
  private long jobs;

  /**
   * Makes the request and its tier.
   *
   * @param ssd a file to make for the tier; null for host memory
   * @param blocks of the request
   * @param sharePercent of the time in which a copy thread works, as steps are always under way
   */
  SwappingRequest(@Nullable Path ssd, int blockBytes, int blocks, int sharePercent)
      throws IOException {
    this.blocks = blocks;
    CopyPace pace = new CopyPace(sharePercent);
    pace.stepping(true);
    BlockGeometry geometry =
        new BlockGeometry(1, 1, blockBytes / (2 * BLOCK_TOKENS), 1, BLOCK_TOKENS);
    BlockLayout layout = new BlockLayout(geometry);
    memory = HostArena.allocate("swapped blocks", layout.arenaBytes(blocks));
    memory.segment().fill((byte) 1);
    int recordBytes = RecordFormat.maxRecordBytes(blockBytes);
    long tierBytes = (long) blocks * recordBytes;
    TierStore store =
        ssd == null
            ? ArenaStore.dram(
                "dram", tierBytes, recordBytes, OptionalInt.empty(), ArenaStore.Commit.IN_ADVANCE)
            : FileStore.open(
                new FileStoreConfig(
                    "ssd",
                    ssd,
                    (1 << 20) + tierBytes,
                    blocks,
                    recordBytes,
                    geometry,
                    MODEL,
                    Long.MAX_VALUE),
                _ -> {},
                System::currentTimeMillis);
    BlockStore tier =
        new TieredBlockStore(
            store,
            pace.keptBy(() -> new RawCodec(geometry)),
            geometry,
            MODEL,
            1_000_000_000,
            1_000_000_000,
            null,
            System::currentTimeMillis);
    engine =
        new CopyEngine(
            memory.segment(),
            layout,
            blocks,
            List.of(tier),
            CopyEngineConfig.forBlockBytes(blockBytes));
    engine.listen(this::ended);
  }

  /** Swaps from now on. */
  void start() {
    running = true;
    submit(CopyKind.STORE);
  }

  /** Swaps no more and waits for the swap under way. */
  void stop() {
    running = false;
    idle.acquireUninterruptibly();
    String problem = failure;
    if (problem != null) {
      throw new IllegalStateException("a swap failed: " + problem);
    }
  }

  /** Bytes copied so far, both ways. */
  long copiedBytes() {
    return copiedBytes.get();
  }

  /* The jobs alternate, and one is under way at a time. */
  private void ended(CopyResult result) {
    copiedBytes.addAndGet(result.bytes());
    if (!result.failure().isEmpty()) {
      failure = result.failure();
    }
    if (running && failure == null) {
      submit(jobs % 2 == 0 ? CopyKind.STORE : CopyKind.LOAD);
    } else {
      jobs = 0;
      idle.release();
    }
  }

  private void submit(CopyKind kind) {
    int[] ids = IntStream.range(0, blocks).toArray();
    long[] hash = IntStream.range(0, blocks).asLongStream().toArray();
    int[] tokens = new int[blocks];
    Arrays.fill(tokens, BLOCK_TOKENS);
    int[] ones = new int[blocks];
    Arrays.fill(ones, 1);
    jobs++;
    engine.submit(
        new CopyJob(
            jobs,
            kind,
            kind == CopyKind.STORE ? CopyUrgency.SWAP_OUT : CopyUrgency.RESTORE,
            0,
            -1,
            ids,
            ids,
            new int[0],
            hash,
            hash,
            tokens,
            ones,
            ones));
  }

  @Override
  public void close() {
    engine.close();
    memory.close();
  }
}
