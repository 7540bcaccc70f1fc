package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.swap.LinkFit;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.offload.store.BlockTransfer;
import io.kvasir.offload.store.arena.ManualTimer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The time an emulated link takes, by a clock that only moves when somebody waits. */
class EmulatedLinkTest {
  private final HeapStore dram = new HeapStore("dram", 100);
  private final ManualTimer clock = new ManualTimer();

  private static List<BlockTransfer> batch(MemorySegment memory, int... slots) {
    List<BlockTransfer> batch = new ArrayList<>();
    for (int i = 0; i < slots.length; i++) {
      BlockTransfer transfer = new BlockTransfer();
      transfer.block = memory.asSlice(1000L * i, 1000);
      transfer.slot = slots[i];
      batch.add(transfer);
    }
    return batch;
  }

  @Test
  void chargesEveryRunAndEveryByteOfItsDirection() {
    EmulatedLink link =
        new EmulatedLink(
            dram, new LinkSpeed(1_000_000_000, 700), new LinkSpeed(2_000_000_000, 50), clock);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(10_000);
      long begin = clock.nanoTime();
      link.store(batch(memory, 0, 1, 2, 7));
      assertThat(clock.nanoTime() - begin).isEqualTo(2 * 700 + 4 * 1000);
      begin = clock.nanoTime();
      List<BlockTransfer> loads = batch(memory, 7, 3, 0);
      link.load(loads);
      assertThat(loads)
          .extracting(transfer -> transfer.outcome)
          .containsExactly(CopyOutcome.DONE, CopyOutcome.MISS, CopyOutcome.DONE);
      assertThat(clock.nanoTime() - begin).isEqualTo(3 * 50 + 2 * 500);
    }
  }

  @Test
  void saysThatItIsEmulatedAndHowFast() {
    EmulatedLink link =
        new EmulatedLink(
            dram, new LinkSpeed(LinkSpeed.UNLIMITED, 10), new LinkSpeed(300, 0), clock);
    assertThat(link.spec().emulated()).isTrue();
    assertThat(link.spec().name()).isEqualTo("dram");
    assertThat(link.spec().readBytesPerSecond()).isEqualTo(300);
    assertThat(link.spec().writeBytesPerSecond()).isEqualTo(500);
    assertThat(new LinkSpeed(300, 5)).hasToString("300 bytes/s and 5 ns per run");
    assertThat(new LinkSpeed(LinkSpeed.UNLIMITED, 5)).hasToString("unlimited and 5 ns per run");
    link.close();
    assertThat(dram.isClosed()).isTrue();
  }

  @Test
  void resultsTellTheLinkThatTheEngineWasGiven() throws InterruptedException {
    LinkSpeed speed = new LinkSpeed(1_000_000_000, 3_000);
    EmulatedLink link = new EmulatedLink(dram, speed, speed, clock);
    Arena memory = Arena.ofShared();
    LinkFit fit = new LinkFit(1, 64);
    long busyNanos = 0;
    try (CopyEngine engine =
        new CopyEngine(
            memory.allocate(CopyRig.LAYOUT.arenaBytes(64)),
            CopyRig.LAYOUT,
            64,
            List.of(link),
            CopyRig.SMALL,
            clock::nanoTime)) {
      BlockingQueue<CopyResult> results = new LinkedBlockingQueue<>();
      engine.listen(results::add);
      for (int i = 0; i < 40; i++) {
        int[] some = Jobs.range(0, 1 + i % 4);
        engine.submit(Jobs.store(i + 1, CopyUrgency.SWAP_OUT, 0, some, some));
        CopyResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        assertThat(result.copyNanos()).isEqualTo(3_000 + (long) some.length * CopyRig.BLOCK_BYTES);
        fit.observe(result.runs(), result.bytes(), result.copyNanos());
        busyNanos += result.copyNanos();
      }
      LinkStats stats = engine.stats().get(1);
      assertThat(stats.direction()).isEqualTo(LinkDirection.WRITE);
      assertThat(stats.emulated()).isTrue();
      assertThat(stats.calls()).isEqualTo(40);
      assertThat(stats.busyNanos()).isEqualTo(busyNanos);
      assertThat(fit.fixedNanos()).isCloseTo(3_000, Percentage.withPercentage(1));
      assertThat(fit.bytesPerSecond()).isCloseTo(1_000_000_000, Percentage.withPercentage(1));
    } finally {
      memory.close();
    }
  }

  @Test
  void refusesSpeedsOutOfBounds() {
    assertThatThrownBy(() -> new LinkSpeed(0, 0)).hasMessageContaining("bytesPerSecond");
    assertThatThrownBy(() -> new LinkSpeed(1, -1)).hasMessageContaining("runNanos");
  }
}
