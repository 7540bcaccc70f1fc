package io.kvasir.loadtest.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.SimFixtures;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.worker.step.StepPlan;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two long prompts in turns; the arena holds one of them, host memory both, behind a slow link. */
final class OvertakenLoadsTest {
  private static final int PROMPT_TOKENS = 3000;
  private static final long SECOND = 1_000_000_000L;

  private static final class Loads implements SimObserver {
    private long ordered;
    private long carried;
    private long cancelled;

    @Override
    public void stepped(StepPlan plan, long beganNanos, long now) {
      plan.copies().stream()
          .filter(job -> job.kind() == CopyKind.LOAD)
          .forEach(job -> ordered += job.blockCount());
      cancelled += plan.cancelledJobs().length;
    }

    @Override
    public void carried(String link, CopyJob job, int blocks, long beganNanos, long now) {
      carried += job.kind() == CopyKind.LOAD ? blocks : 0;
    }
  }

  @Test
  void loadsThatComputingOvertookEnd() {
    SimTier slow = new SimTier(TierKind.DRAM, "dram", 4000, new LinkProfile(0.4e9, 4e9, 0));
    SimSetup setup = SimFixtures.setup(200, SchedulerConfig.builder().build(), slow);
    List<Arrival> arrivals =
        IntStream.range(0, 8)
            .mapToObj(i ->
                Arrival.plain(
                    i,
                    i * 4L * SECOND,
                    "t",
                    new Prompt.Synthetic(List.of(new Segment(i % 2, 0, PROMPT_TOKENS))),
                    4))
            .toList();
    Loads loads = new Loads();
    SimRun.run(setup, ArrivalStream.of(arrivals.iterator()), 1, loads);
    assertThat(loads.cancelled).isPositive();
    assertThat(loads.carried).isPositive().isLessThan(loads.ordered);
  }
}
