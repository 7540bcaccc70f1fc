package io.kvasir.offload.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What the meter believes of links of known speed. */
class LinkMeterTest {
  private static final TierSpec SPEC =
      new TierSpec(
          TierKind.SSD, "ssd", 10, true, "raw", true, false, 2_000_000_000L, 1_000_000_000L);
  private static final int BLOCK = 1 << 20;
  private static final Percentage CLOSE = Percentage.withPercentage(1);

  private final LinkMeter meter = new LinkMeter(SPEC, 3, LinkDirection.READ, 64);

  private void call(int blocks, int runs, double fixedNanos, double bytesPerSecond) {
    long bytes = (long) blocks * BLOCK;
    long nanos = Math.round(runs * fixedNanos + bytes * 1e9 / bytesPerSecond);
    meter.callBegins(blocks);
    meter.callEnded(blocks, 0, 0, bytes, runs, nanos);
  }

  @Test
  void believesTheTierUntilItHasMeasured() {
    LinkStats reads = meter.snapshot(7);
    assertThat(reads.bytesPerSecond()).isEqualTo(2_000_000_000L);
    assertThat(reads.fixedNanos()).isZero();
    assertThat(reads.measuredCalls()).isZero();
    assertThat(reads.queuedBlocks()).isEqualTo(7);
    assertThat(reads.tier()).isEqualTo(3);
    assertThat(reads.meanRunBlocks()).isZero();
    assertThat(new LinkMeter(SPEC, 3, LinkDirection.WRITE, 64).snapshot(0).bytesPerSecond())
        .isEqualTo(1_000_000_000L);
  }

  @Test
  void findsCostAndBandwidthOfAnExactLinkAtOnce() {
    call(1, 1, 10_000, 25e9);
    call(8, 2, 10_000, 25e9);
    LinkStats stats = meter.snapshot(0);
    assertThat(stats.fixedNanos()).isCloseTo(10_000, CLOSE);
    assertThat(stats.bytesPerSecond()).isCloseTo(25_000_000_000L, CLOSE);
    assertThat(stats.estimateNanos(3, 10L * BLOCK))
        .isCloseTo(Math.round(30_000 + 10 * BLOCK / 25.0), CLOSE);
  }

  @Test
  void findsThemThroughNoise() {
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      LinkMeter noisy = new LinkMeter(SPEC, 0, LinkDirection.READ, 1024);
      for (int i = 0; i < 10_000; i++) {
        int blocks = 1 + random.nextInt(16);
        int runs = 1 + random.nextInt(blocks);
        double exact = runs * 50_000 + blocks * (double) BLOCK / 5;
        long nanos = Math.round(exact * (1 + 0.05 * random.nextGaussian()));
        noisy.callEnded(blocks, 0, 0, (long) blocks * BLOCK, runs, nanos);
      }
      LinkStats stats = noisy.snapshot(0);
      assertThat(stats.fixedNanos())
          .as("seed %d", seed)
          .isCloseTo(50_000, Percentage.withPercentage(20));
      assertThat(stats.bytesPerSecond())
          .as("seed %d", seed)
          .isCloseTo(5_000_000_000L, Percentage.withPercentage(10));
    }
  }

  @Test
  void followsALinkThatBecomesAHundredTimesSlower() {
    for (int i = 0; i < 500; i++) {
      call(1 + i % 16, 1, 10_000, 5e9);
    }
    for (int i = 0; i < 500; i++) {
      call(1 + i % 16, 1, 1_000_000, 5e7);
    }
    LinkStats stats = meter.snapshot(0);
    assertThat(stats.fixedNanos()).isCloseTo(1_000_000, Percentage.withPercentage(5));
    assertThat(stats.bytesPerSecond()).isCloseTo(50_000_000, CLOSE);
  }

  @Test
  void copiesOfOneSizeCannotBeSplitButAreForeseen() {
    for (int i = 0; i < 100; i++) {
      call(4, 1, 10_000, 25e9);
    }
    LinkStats stats = meter.snapshot(0);
    assertThat(stats.fixedNanos()).isZero();
    assertThat(stats.estimateNanos(1, 4L * BLOCK))
        .isCloseTo(Math.round(10_000 + 4 * BLOCK / 25.0), CLOSE);
    // The cost that was found before stays when only one size comes from then on.
    call(1, 1, 10_000, 25e9);
    for (int i = 0; i < 1000; i++) {
      call(4, 1, 10_000, 25e9);
    }
    assertThat(meter.snapshot(0).fixedNanos()).isCloseTo(10_000, CLOSE);
  }

  @Test
  void noiseNeverMakesACostNegative() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      LinkMeter wild = new LinkMeter(SPEC, 0, LinkDirection.READ, 4);
      for (int i = 0; i < 200; i++) {
        int blocks = 1 + random.nextInt(4);
        wild.callEnded(blocks, 0, 0, 100L * blocks, 1, random.nextInt(1_000_000));
        LinkStats stats = wild.snapshot(0);
        assertThat(stats.fixedNanos()).as("seed %d", seed).isNotNegative();
        assertThat(stats.bytesPerSecond()).as("seed %d", seed).isBetween(1L, 1_000_000_000_000L);
      }
    }
  }

  @Test
  void callsThatFailCountButSayNothingOfTheLink() {
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
    assertThat(stats.measuredCalls()).isZero();
    assertThat(stats.bytesPerSecond()).isEqualTo(2_000_000_000L);
  }
}
