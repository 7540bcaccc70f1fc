package io.kvasir.scheduler.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestTimesTest {
  private static final int DAY_MILLIS = 86_400_000;

  @Test
  void aLongStreamWithTheLongestTargetIsNotDueInThePast() {
    RequestTimes times = new RequestTimes(0);
    times.token(1_000);
    times.token(2_000);
    long due = times.nextTokenDue(DAY_MILLIS, 1_000_000, 1);
    assertThat(due).isEqualTo(2_000 + 3L * DAY_MILLIS * 1_000_000);
  }
}
