package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import org.junit.jupiter.api.Test;

/** What the meter counts. */
class LinkMeterTest {
  private static final TierSpec SPEC =
      new TierSpec(
          TierKind.SSD, "ssd", 10, true, "raw", true, false, 2_000_000_000L, 1_000_000_000L);
  private static final int BLOCK = 1 << 20;

  private final LinkMeter meter = new LinkMeter(SPEC, 3, LinkDirection.READ);

  @Test
  void beginsWithNothing() {
    LinkStats reads = meter.snapshot(7);
    assertThat(reads.queuedBlocks()).isEqualTo(7);
    assertThat(reads.tier()).isEqualTo(3);
    assertThat(reads.meanRunBlocks()).isZero();
  }

  @Test
  void countsWhatWasMovedMissedAndFailed() {
    meter.callBegins(8);
    assertThat(meter.snapshot(0).runningBlocks()).isEqualTo(8);
    meter.callEnded(8, 2, 1, 5L * BLOCK, 4, 1_000);
    LinkStats stats = meter.snapshot(0);
    assertThat(stats.runningBlocks()).isZero();
    assertThat(stats.calls()).isEqualTo(1);
    assertThat(stats.blocks()).isEqualTo(5);
    assertThat(stats.misses()).isEqualTo(2);
    assertThat(stats.failures()).isEqualTo(1);
    assertThat(stats.bytes()).isEqualTo(5L * BLOCK);
    assertThat(stats.busyNanos()).isEqualTo(1_000);
    assertThat(stats.meanRunBlocks()).isEqualTo(2.0);
  }
}
