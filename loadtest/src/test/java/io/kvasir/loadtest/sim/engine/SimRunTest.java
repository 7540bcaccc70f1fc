package io.kvasir.loadtest.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.SimFixtures;
import io.kvasir.loadtest.sim.device.StepLoad;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.plan.PreemptionMode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SimRunTest {
  private static final long SECOND = 1_000_000_000;
  private static final SchedulerConfig ONE_PLAN =
      SchedulerConfig.builder().limits(1000, 64, 512).maxPlansInFlight(1).build();
  private static final SimTier DRAM =
      new SimTier(TierKind.DRAM, "dram", 4000, new LinkProfile(25e9, 25e9, 10_000));

  private static Arrival turn(long index, long second, int tokens, int output) {
    Prompt prompt = new Prompt.Synthetic(List.of(new Segment(7, 0, tokens)));
    return Arrival.plain(index, second * SECOND, "t", prompt, output).inSession("s");
  }

  private static SimMetrics run(SimSetup setup, Arrival... arrivals) {
    return SimFixtures.run(setup, ArrivalStream.of(List.of(arrivals).iterator()));
  }

  private static double millis(long start, long count) {
    StepLoad load = new StepLoad();
    load.add(start, count);
    return SimFixtures.roofline().nanos(load) / 1e6;
  }

  @Test
  void aLonelyRequestTakesItsStepsAndNothingElse() {
    SimMetrics row = run(SimFixtures.setup(200, ONE_PLAN), turn(0, 0, 100, 3));
    assertThat(row.completed()).isEqualTo(1);
    assertThat(row.outputTokens()).isEqualTo(3);
    assertThat(row.ttft().maxMillis()).isCloseTo(millis(0, 100) + 0.001, within(0.1));
    assertThat(row.tbt().count()).isEqualTo(2);
    assertThat(row.tbt().maxMillis()).isCloseTo(millis(101, 1) + 0.001, within(0.1));
    assertThat(row.steps()).isBetween(3L, 4L);
  }

  @Test
  void aRequestThatIsTurnedAwayHasNoTimes() {
    SimMetrics row = run(SimFixtures.setup(200, ONE_PLAN), turn(0, 0, 9000, 3));
    assertThat(row.sent()).isEqualTo(1);
    assertThat(row.completed()).isZero();
    assertThat(row.ttft().count()).isZero();
    assertThat(row.e2e().count()).isZero();
    assertThat(row.attainment()).isZero();
  }

  @Test
  void whatNoRunReachesIsRefused() {
    Arrival late = turn(1, 0, 10, 1).at(1, Long.MAX_VALUE);
    assertThatThrownBy(() -> run(SimFixtures.setup(200, ONE_PLAN), turn(0, 0, 10, 1), late))
        .isInstanceOf(WorkloadException.class)
        .hasMessage("request 1 is sent after 9223372037 s, a simulation covers 8640000 s");
  }

  @Test
  void aTenantThatNoServerWouldTakeIsRefusedByName() {
    Prompt prompt = new Prompt.Synthetic(List.of(new Segment(7, 0, 10)));
    Arrival arrival = Arrival.plain(0, 0, "é", prompt, 1);
    assertThatThrownBy(() -> run(SimFixtures.setup(200, ONE_PLAN), arrival))
        .isInstanceOf(WorkloadException.class)
        .hasMessage("tenant 'é': id must be printable ASCII");
  }

  @Test
  void theNextTurnFindsPromptAndAnswerInTheCache() {
    SimMetrics row = run(SimFixtures.setup(200, ONE_PLAN), turn(0, 0, 100, 30), turn(1, 4, 160, 2));
    // 100 of the prompt and 30 of the answer, of which the last has no KV; whole blocks of 16.
    assertThat(row.cachedTokens()).isEqualTo(128);
    assertThat(row.tenants().getFirst().service()).isEqualTo(100 + 2 * 30 + (160 - 128) + 2 * 2);
  }

  @Test
  void aTurnWaitsForTheAnswerAndThenForTheThinkingTime() {
    Arrival[] turns = {turn(0, 0, 100, 200), turn(1, 1, 310, 1), turn(2, 2, 320, 1)};
    SimMetrics closed = run(SimFixtures.setup(200, ONE_PLAN), turns);
    double answer = closed.e2e().maxMillis() / 1e3;
    assertThat(answer).isGreaterThan(2);
    // Two thinking times of a second each, and two short answers.
    assertThat(closed.seconds()).isBetween(answer + 2, answer + 2.5);
  }

  private static Arrival[] burst() {
    return IntStream.range(0, 12)
        .mapToObj(i ->
            Arrival.plain(
                i, 0, "t", new Prompt.Synthetic(List.of(new Segment(100 + i, 0, 60))), 120))
        .toArray(Arrival[]::new);
  }

  @Test
  void underPressureEveryKindOfPreemptionEndsEveryRequest() {
    SimMetrics recompute = run(pressed(PreemptionMode.RECOMPUTE, CopyStyle.GROUPS), burst());
    SimMetrics swap = run(pressed(PreemptionMode.SWAP, CopyStyle.GROUPS), burst());
    SimMetrics waiting =
        run(pressed(PreemptionMode.SWAP, new CopyStyle(CopyStyle.Unit.LAYER, true)), burst());
    for (SimMetrics row : List.of(recompute, swap, waiting)) {
      assertThat(row.completed()).isEqualTo(12);
      assertThat(row.preemptions()).isPositive();
      assertThat(row.stallShare()).isBetween(0.001, 0.999);
    }
    assertThat(recompute.traffic().swapOutBytes()).isZero();
    assertThat(recompute.recomputedTokens()).isPositive();
    assertThat(swap.traffic().swapOutBytes()).isPositive();
    assertThat(swap.recomputedTokens()).isLessThan(recompute.recomputedTokens());
    assertThat(waiting.traffic().pieces()).isGreaterThan(20 * swap.traffic().pieces());
    assertThat(waiting.throughput()).isLessThan(swap.throughput());
  }

  private static SimSetup pressed(PreemptionMode mode, CopyStyle copies) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(1000, 64, 512).preemption(mode).build();
    SimSetup setup = SimFixtures.setup(80, config, DRAM);
    return new SimSetup(
        setup.label(),
        setup.model(),
        setup.stepTime(),
        setup.blockTokens(),
        setup.kvBlocks(),
        setup.tiers(),
        copies,
        config,
        setup.planCost(),
        setup.promises(),
        setup.sessions(),
        setup.timing(),
        true);
  }
}
