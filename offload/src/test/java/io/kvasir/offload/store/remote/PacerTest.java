package io.kvasir.offload.store.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PacerTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void waitsAsLongAsTheBytesShouldHaveTaken() {
    Pacer pacer = new Pacer(1_000, 0);
    assertThat(pacer.waitNanos(0)).isNotPositive();
    pacer.charge(500, 0);
    pacer.charge(250, SECOND / 4);
    assertThat(pacer.waitNanos(SECOND / 4)).isEqualTo(SECOND / 2);
    assertThat(pacer.waitNanos(SECOND)).isNotPositive();
  }

  @Test
  void savesNothingUpWhileIdle() {
    Pacer pacer = new Pacer(1_000, 0);
    pacer.charge(1_000, 100 * SECOND);
    assertThat(pacer.waitNanos(100 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void knowsNoLimitIfThereIsNone() {
    Pacer pacer = new Pacer(0, 0);
    pacer.charge(Long.MAX_VALUE, 0);
    assertThat(pacer.waitNanos(0)).isZero();
    assertThat(pacer.await(Long.MIN_VALUE)).isTrue();
  }

  @Test
  void doesNotWaitBeyondTheDeadline() {
    long now = System.nanoTime();
    Pacer pacer = new Pacer(1, now);
    pacer.charge(1_000_000, now);
    assertThat(pacer.await(now + SECOND)).isFalse();
  }
}
