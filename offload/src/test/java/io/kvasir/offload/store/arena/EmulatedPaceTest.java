package io.kvasir.offload.store.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EmulatedPaceTest {
  private final ManualTimer timer = new ManualTimer();

  /** Reads one byte in 1 ns, writes one in 2 ns, answers after 300 ns. */
  private final EmulatedPace pace = new EmulatedPace(1_000_000_000, 500_000_000, 300, timer);

  @Test
  void oneOperationTakesItsBytesAndTheLatency() {
    long begin = pace.begin();
    pace.endRead(begin, 4096);
    assertThat(timer.nanoTime() - begin).isEqualTo(4096 + 300);
    long second = pace.begin();
    pace.endWrite(second, 4096);
    assertThat(timer.nanoTime() - second).isEqualTo(2 * 4096 + 300);
  }

  @Test
  void timeSpentOnCopyingIsPartOfIt() {
    long begin = pace.begin();
    timer.pass(4000);
    pace.endRead(begin, 4096);
    assertThat(timer.nanoTime() - begin).isEqualTo(4096 + 300);
  }

  @Test
  void operationsAtOnceShareTheBandwidthAndDirectionsDoNot() {
    long begin = pace.begin();
    pace.endRead(begin, 1000);
    pace.endRead(begin, 1000);
    pace.endRead(begin, 1000);
    assertThat(timer.nanoTime() - begin).isEqualTo(3000 + 300);
    pace.endWrite(begin, 100);
    assertThat(timer.nanoTime() - begin).as("its own queue was empty").isEqualTo(3000 + 300);
  }

  @Test
  void idleTimeIsNotSavedUp() {
    timer.pass(1_000_000);
    long begin = pace.begin();
    pace.endRead(begin, 10_000);
    assertThat(timer.nanoTime() - begin).isEqualTo(10_000 + 300);
  }

  @Test
  void systemTimerReachesItsMomentsAlsoIfInterrupted() {
    for (long nanos : new long[] {-5, 0, 1_000, 300_000}) {
      Thread.currentThread().interrupt();
      long until = System.nanoTime() + nanos;
      NanoTimer.SYSTEM.waitUntil(until);
      assertThat(System.nanoTime() - until).isNotNegative();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void impossibleDevicesAreRefused() {
    assertThatThrownBy(() -> new EmulatedPace(0, 1, 0, timer))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new EmulatedPace(1, 1, -1, timer))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
