package io.kvasir.loadtest.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.sim.SimFixtures;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured of a request that has not ended when a run is stopped. */
final class StoppedRunTest {
  private static final long SECOND = 1_000_000_000;

  private static final SimRequest.RequestEvents UNHEARD =
      new SimRequest.RequestEvents() {
        @Override
        public void generated(SimRequest request) {}

        @Override
        public void ended(SimRequest request, FinishedEvent end) {}
      };

  @Test
  void aStallThatGoesOnCountsUpToTheStop() {
    SimRecorder recorder =
        new SimRecorder(SimFixtures.setup(200, SchedulerConfig.builder().build()));
    RequestSpec spec = RequestSpec.draft("r", "t", new int[] {1, 2}, 9).arrivalNanos(0).build();
    SimRequest request = new SimRequest(spec, 0, new Segment(1, 0, 1), UNHEARD);
    recorder.submitted(request, 0);
    request.admitted();
    recorder.admitted(request, 0);
    request.preemptedAt(SECOND);
    recorder.preempted(request, SwapDecision.SWAP, SECOND);
    request.tokenAt(2 * SECOND);
    // One second until that token, which was under way, and the eight that follow it.
    SimMetrics row =
        recorder.metrics(
            new SimRun.Outcome(
                1,
                10 * SECOND,
                10 * SECOND,
                1,
                SchedulerStatus.NO_WORKER,
                List.of(),
                List.of("t")));
    assertThat(row.stallShare()).isCloseTo(0.9, within(1e-9));
  }
}
