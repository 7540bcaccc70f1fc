package io.kvasir.scheduler.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** In virtual time. */
class TokenBucketTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final TokenBucket bucket = new TokenBucket();

  @Test
  void aBurstAndThenTheRate() {
    Rate rate = new Rate(4, 10);
    bucket.advance(rate, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(bucket.nanosUntil(1)).isZero();
      bucket.take(1);
    }
    assertThat(bucket.nanosUntil(1)).isEqualTo(SECOND / 4);
    bucket.advance(rate, SECOND / 4 - 1000);
    assertThat(bucket.nanosUntil(1)).isEqualTo(1000);
    bucket.advance(rate, SECOND / 4);
    assertThat(bucket.nanosUntil(1)).isZero();
    bucket.take(1);
    bucket.advance(rate, 1000 * SECOND);
    assertThat(bucket.level()).isEqualTo(10);
  }

  @Test
  void somethingLargerThanTheBurstNeedsAFullBucketAndLeavesADebt() {
    Rate rate = new Rate(100, 50);
    bucket.advance(rate, 0);
    assertThat(bucket.nanosUntil(500)).isZero();
    bucket.take(500);
    assertThat(bucket.level()).isEqualTo(-450);
    assertThat(bucket.nanosUntil(1)).isEqualTo(451 * SECOND / 100);
    assertThat(bucket.nanosUntil(500)).isEqualTo(5 * SECOND);
    bucket.giveBack(450);
    assertThat(bucket.nanosUntil(1)).isEqualTo(SECOND / 100);
    bucket.giveBack(1e9);
    assertThat(bucket.level()).isEqualTo(50);
  }

  @Test
  void whoWaitsAsLongAsItSaysIsLetThroughAndNeverMoreThanTheRate() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Rate rate = new Rate(0.01 + random.nextDouble() * 5000, 1 + random.nextInt(2000));
      TokenBucket tried = new TokenBucket();
      long now = random.nextLong(1L << 60);
      long start = now;
      double let = 0;
      for (int i = 0; i < 300; i++) {
        now += random.nextInt(3) == 0 ? random.nextLong(SECOND) : 0;
        tried.advance(rate, now);
        double amount = 1 + random.nextInt((int) rate.burst());
        long wait = tried.nanosUntil(amount);
        now += wait;
        tried.advance(rate, now);
        assertThat(tried.nanosUntil(amount)).as("seed %d: after the wait", seed).isZero();
        let += tried.take(amount);
        double most = rate.burst() + rate.perSecond() * (now - start) / SECOND;
        assertThat(let).as("seed %d", seed).isLessThanOrEqualTo(most * (1 + 1e-9) + 1e-3);
      }
    }
  }

  @Test
  void aChangeHoldsAtOnce() {
    assertThat(bucket.take(1e6)).isZero();
    bucket.advance(new Rate(1, 5), SECOND);
    assertThat(bucket.level()).as("a new limit starts with its burst").isEqualTo(5);
    bucket.take(5);
    bucket.advance(new Rate(10, 100), SECOND);
    assertThat(bucket.nanosUntil(1)).as("nothing is given away").isEqualTo(SECOND / 10);
    bucket.advance(new Rate(10, 100), 100 * SECOND);
    bucket.advance(new Rate(10, 3), 100 * SECOND);
    assertThat(bucket.level()).isEqualTo(3);
    bucket.advance(Rate.NONE, 100 * SECOND);
    assertThat(bucket.nanosUntil(1e9)).isZero();
  }

  @Test
  void aClockThatStepsBackFillsNothing() {
    Rate rate = new Rate(1, 2);
    bucket.advance(rate, 10 * SECOND);
    bucket.take(2);
    bucket.advance(rate, 5 * SECOND);
    bucket.advance(rate, 10 * SECOND);
    assertThat(bucket.level()).isZero();
  }
}
