package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.offload.store.BlockStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An engine over a small device arena, and the results that came back. */
final class CopyRig implements AutoCloseable {
  static final BlockLayout LAYOUT = new BlockLayout(new BlockGeometry(1, 1, 4, 1, 16));
  static final int BLOCK_BYTES = Math.toIntExact(LAYOUT.geometry().blockBytes());
  static final int BLOCKS = 256;

  /** Small limits: 64 blocks wait, 4 make a piece, every 4th piece is the oldest's. */
  static final CopyEngineConfig SMALL = new CopyEngineConfig(64, 4, 4, 1, 2);

  private final Arena memory = Arena.ofShared();
  final MemorySegment arena = memory.allocate(LAYOUT.arenaBytes(BLOCKS), 4096);
  final BlockingQueue<CopyResult> results = new LinkedBlockingQueue<>();
  final CopyEngine engine;

  CopyRig(CopyEngineConfig config, BlockStore... tiers) {
    engine = new CopyEngine(arena, LAYOUT, BLOCKS, List.of(tiers), config);
    engine.listen(results::add);
  }

  MemorySegment block(int id) {
    return arena.asSlice(LAYOUT.blockOffset(id), BLOCK_BYTES);
  }

  void fill(int id, int value) {
    block(id).fill((byte) value);
  }

  void assertFilled(int id, int value) {
    byte[] expected = new byte[BLOCK_BYTES];
    Arrays.fill(expected, (byte) value);
    assertThat(block(id).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
  }

  CopyResult next() throws InterruptedException {
    CopyResult result = results.poll(30, TimeUnit.SECONDS);
    assertThat(result).as("a result").isNotNull();
    return result;
  }

  CopyResult run(CopyJob job) throws InterruptedException {
    engine.submit(job);
    CopyResult result = next();
    assertThat(result.jobId()).isEqualTo(job.jobId());
    return result;
  }

  LinkStats stats(int tier, LinkDirection direction) {
    return engine.stats().stream()
        .filter(stats -> stats.tier() == tier && stats.direction() == direction)
        .findAny()
        .orElseThrow();
  }

  @Override
  public void close() {
    engine.close();
    memory.close();
  }
}
