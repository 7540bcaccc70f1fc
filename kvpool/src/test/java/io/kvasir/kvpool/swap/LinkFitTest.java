package io.kvasir.kvpool.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What is believed of links of known speed. */
final class LinkFitTest {
  private static final int BLOCK = 1 << 20;
  private static final Percentage CLOSE = Percentage.withPercentage(1);

  private final LinkFit fit = new LinkFit(2_000_000_000L, 64);

  private void copy(int blocks, int runs, double fixedNanos, double bytesPerSecond) {
    long bytes = (long) blocks * BLOCK;
    fit.observe(runs, bytes, Math.round(runs * fixedNanos + bytes * 1e9 / bytesPerSecond));
  }

  @Test
  void believesWhatWasStatedUntilItHasMeasured() {
    fit.observe(1, 0, 1_000);
    fit.observe(0, 1_000, 1_000);
    assertThat(fit.bytesPerSecond()).isEqualTo(2_000_000_000L);
    assertThat(fit.fixedNanos()).isZero();
  }

  @Test
  void findsCostAndBandwidthOfAnExactLinkAtOnce() {
    copy(1, 1, 10_000, 25e9);
    copy(8, 2, 10_000, 25e9);
    assertThat(fit.fixedNanos()).isCloseTo(10_000, CLOSE);
    assertThat(fit.bytesPerSecond()).isCloseTo(25_000_000_000L, CLOSE);
    assertThat(fit.nanos(3, 10.0 * BLOCK)).isCloseTo(30_000 + 10 * BLOCK / 25.0, CLOSE);
  }

  @Test
  void findsThemThroughNoise() {
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      LinkFit noisy = new LinkFit(1, 1024);
      for (int i = 0; i < 10_000; i++) {
        int blocks = 1 + random.nextInt(16);
        int runs = 1 + random.nextInt(blocks);
        double exact = runs * 50_000 + blocks * (double) BLOCK / 5;
        long nanos = Math.round(exact * (1 + 0.05 * random.nextGaussian()));
        noisy.observe(runs, (long) blocks * BLOCK, nanos);
      }
      assertThat(noisy.fixedNanos())
          .as("seed %d", seed)
          .isCloseTo(50_000, Percentage.withPercentage(20));
      assertThat(noisy.bytesPerSecond())
          .as("seed %d", seed)
          .isCloseTo(5_000_000_000L, Percentage.withPercentage(10));
    }
  }

  @Test
  void followsALinkThatBecomesAHundredTimesSlower() {
    for (int i = 0; i < 500; i++) {
      copy(1 + i % 16, 1, 10_000, 5e9);
    }
    for (int i = 0; i < 500; i++) {
      copy(1 + i % 16, 1, 1_000_000, 5e7);
    }
    assertThat(fit.fixedNanos()).isCloseTo(1_000_000, Percentage.withPercentage(5));
    assertThat(fit.bytesPerSecond()).isCloseTo(50_000_000, CLOSE);
  }

  @Test
  void copiesOfOneSizeCannotBeSplitButAreForeseen() {
    for (int i = 0; i < 100; i++) {
      copy(4, 1, 10_000, 25e9);
    }
    assertThat(fit.fixedNanos()).isZero();
    assertThat(fit.nanos(1, 4.0 * BLOCK)).isCloseTo(10_000 + 4 * BLOCK / 25.0, CLOSE);
    // The cost that was found before stays when only one size comes from then on.
    copy(1, 1, 10_000, 25e9);
    for (int i = 0; i < 1000; i++) {
      copy(4, 1, 10_000, 25e9);
    }
    assertThat(fit.fixedNanos()).isCloseTo(10_000, CLOSE);
  }

  @Test
  void noiseNeverMakesACostNegative() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      LinkFit wild = new LinkFit(1_000, 4);
      for (int i = 0; i < 200; i++) {
        int blocks = 1 + random.nextInt(4);
        wild.observe(1, 100L * blocks, random.nextInt(1_000_000));
        assertThat(wild.fixedNanos()).as("seed %d", seed).isNotNegative();
        assertThat(wild.bytesPerSecond()).as("seed %d", seed).isBetween(1L, 1_000_000_000_000L);
      }
    }
  }
}
