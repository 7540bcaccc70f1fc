package io.kvasir.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlanPacerTest {
  private static final long MILLI = 1_000_000;

  private final PlanPacer pacer = new PlanPacer();

  @Test
  void aLongStepIsPlannedBehindALeadBeforeItsEnd() {
    assertThat(pacer.holds(160 * MILLI, 160 * MILLI, 1000)).isTrue();
    long lead = MILLI + 10 * MILLI;
    assertThat(pacer.heldUntilNanos()).isEqualTo(1000 + 160 * MILLI - lead);
    assertThat(pacer.holds(lead + 1, 160 * MILLI, 0)).isTrue();
    assertThat(pacer.holds(lead, 160 * MILLI, 0)).isFalse();
    assertThat(pacer.heldUntilNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aShortStepIsPlannedBehindAtOnce() {
    assertThat(pacer.holds(MILLI, MILLI, 0)).isFalse();
  }

  @Test
  void theLeadCoversTheLongestGapOfLateAndForgetsIt() {
    pacer.observe(30 * MILLI, 20 * MILLI);
    pacer.observe(32 * MILLI, 20 * MILLI);
    assertThat(pacer.holds(12 * MILLI, 16 * MILLI, 0)).isFalse();
    assertThat(pacer.holds(13 * MILLI, 16 * MILLI, 0)).isTrue();
    for (int i = 0; i < 500; i++) {
      pacer.observe(20 * MILLI, 20 * MILLI);
    }
    assertThat(pacer.holds(3 * MILLI, 16 * MILLI, 0)).isTrue();
  }

  @Test
  void aHiccupIsNoGap() {
    pacer.observe(20 * MILLI, 20 * MILLI);
    pacer.observe(90 * MILLI, 20 * MILLI);
    pacer.observe(20 * MILLI, 20 * MILLI);
    assertThat(pacer.holds(3 * MILLI, 16 * MILLI, 0)).isTrue();
  }

  @Test
  void aResultThatComesEarlyIsNoGap() {
    pacer.observe(10 * MILLI, 20 * MILLI);
    assertThat(pacer.holds(3 * MILLI, 16 * MILLI, 0)).isTrue();
  }

  @Test
  void nothingIsWaitedForOnceItIsFree() {
    assertThat(pacer.holds(100 * MILLI, 100 * MILLI, 0)).isTrue();
    pacer.free();
    assertThat(pacer.heldUntilNanos()).isEqualTo(Long.MAX_VALUE);
  }
}
