package io.kvasir.loadtest.sim.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class FairnessTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void onlyTenantsThatWaitThroughoutAreCompared() {
    ServiceWindows windows = new ServiceWindows(10);
    windows.waits(0, 1, 0);
    windows.waits(1, 1, 0);
    windows.waits(2, 1, 0);
    // The first window began before anybody waited.
    windows.serve(0, 30, 12);
    windows.serve(1, 10, 13);
    windows.serve(2, 99, 14);
    windows.waits(2, -1, 15);
    windows.advance(20);
    double[] jain = windows.jain(new double[] {1, 1, 1});
    assertThat(jain).hasSize(1);
    assertThat(jain[0]).isCloseTo(40.0 * 40 / (2 * (900 + 100)), within(1e-9));
    assertThat(windows.jain(new double[] {3, 1, 1})[0]).isCloseTo(1, within(1e-9));
    assertThat(windows.total(2)).isEqualTo(99);
  }

  @Test
  void aClientThatAskedForLittleIsNotOwedMore() {
    RequestLog log = new RequestLog();
    // 100 + 2 * 50 = 200 served in ten seconds; 20 asked for and served; 600 asked for, none
    // served.
    log.add(0, 0, 0, 10 * SECOND, 0, 100, 50);
    log.add(1, 0, 0, 10 * SECOND, 0, 10, 5);
    log.add(2, 0, -1, 10 * SECOND, 0, 400, 100);
    ServiceDifference difference =
        ServiceDifference.of(log, new double[] {1, 1, 1}, 10 * SECOND, 60 * SECOND);
    assertThat(difference.max()).isCloseTo(20, within(1e-9));
    assertThat(difference.mean()).isCloseTo(20, within(1e-9));
    // By weight the first client received a quarter of that.
    assertThat(ServiceDifference.of(log, new double[] {4, 1, 1}, 10 * SECOND, 60 * SECOND).max())
        .isCloseTo(5, within(1e-9));
  }

  /** The artifact leaves out what has no length: it would divide by it. */
  @Test
  void anAnswerOfOneTokenIsAskedForAndNeverServedAsInTheArtifact() {
    RequestLog log = new RequestLog();
    log.add(0, 0, 0, 10 * SECOND, 0, 100, 50);
    log.add(1, 0, 5 * SECOND, 5 * SECOND, 0, 198, 1);
    double[] weights = {1, 1};
    assertThat(ServiceDifference.of(log, weights, 10 * SECOND, 60 * SECOND).max())
        .isCloseTo(20, within(1e-9));
  }

  @Test
  void stallsOfTheSlowestAreSeenApart() {
    RequestLog log = new RequestLog();
    for (int i = 0; i < 99; i++) {
      log.add(0, 0, 1, 100, 0, 1, 2);
    }
    log.add(0, 0, 1, 1000, 600, 1, 2);
    assertThat(log.stallShare(0.01)).isCloseTo(0.6, within(1e-9));
    assertThat(log.stallShare(1)).isCloseTo(600 / 10_900.0, within(1e-9));
  }
}
