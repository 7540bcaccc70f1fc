package io.kvasir.loadtest.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.SimFixtures;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.TracePattern;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The switches of simulated engines, under priorities that change every ten steps. */
final class SwapSwitchesTest {
  private static final SimTier DRAM =
      new SimTier(TierKind.DRAM, "dram", 800, new LinkProfile(25e9, 25e9, 10_000));
  private static final SchedulerConfig SWAPPING =
      SchedulerConfig.builder()
          .limits(1000, 64, 512)
          .policy(PolicyKind.TRACED)
          .policySettings(PolicySettings.DEFAULT.tracing(TracePattern.RANDOM, 1, 0.1))
          .maxPlansInFlight(1)
          .prefixCaching(false)
          .preemption(PreemptionMode.SWAP)
          .build();

  private static SimMetrics run(SchedulerConfig config, CopyStyle.Unit unit, boolean synchronous) {
    return run(config, DRAM, unit, synchronous);
  }

  private static SimMetrics run(
      SchedulerConfig config, SimTier tier, CopyStyle.Unit unit, boolean synchronous) {
    SimSetup setup = SimFixtures.setup(120, config, tier);
    SimSetup switched =
        new SimSetup(
            setup.label(),
            setup.model(),
            setup.stepTime(),
            setup.blockTokens(),
            setup.kvBlocks(),
            setup.tiers(),
            new CopyStyle(unit, synchronous),
            config,
            setup.planCost(),
            setup.promises(),
            setup.sessions(),
            setup.timing(),
            true);
    List<Arrival> arrivals =
        IntStream.range(0, 12)
            .mapToObj(i ->
                Arrival.plain(
                    i, 0, "t", new Prompt.Synthetic(List.of(new Segment(100 + i, 0, 300))), 200))
            .toList();
    SimMetrics row = SimFixtures.run(switched, ArrivalStream.of(arrivals.iterator()));
    assertThat(row.completed()).isEqualTo(12);
    assertThat(row.preemptions()).isGreaterThan(12);
    return row;
  }

  @Test
  void waitingForCopiesBlockByBlockIsSlowestAndGroupsAlongsideStepsAreFastest() {
    double blocks = run(SWAPPING, CopyStyle.Unit.LAYER, true).seconds();
    double groups = run(SWAPPING, CopyStyle.Unit.LAYER_RUN, true).seconds();
    double alongside = run(SWAPPING, CopyStyle.Unit.LAYER_RUN, false).seconds();
    assertThat(blocks).isGreaterThan(1.05 * groups);
    assertThat(groups).isGreaterThan(alongside);
  }

  @Test
  void groupsAreFewerPieces() {
    SimMetrics blocks = run(SWAPPING, CopyStyle.Unit.LAYER, true);
    SimMetrics groups = run(SWAPPING, CopyStyle.Unit.LAYER_RUN, true);
    SimMetrics runs = run(SWAPPING, CopyStyle.Unit.RUN, true);
    assertThat(blocks.traffic().pieces()).isGreaterThan(2 * groups.traffic().pieces());
    assertThat(groups.traffic().pieces()).isGreaterThan(4 * runs.traffic().pieces());
  }

  @Test
  void withoutKeptCopiesEverySwapOutMovesEverything() {
    SchedulerConfig forgetting = SWAPPING.toBuilder().keepCopies(false).build();
    SimMetrics kept = run(SWAPPING, CopyStyle.Unit.RUN, false);
    SimMetrics given = run(forgetting, CopyStyle.Unit.RUN, false);
    double keptBytes = (double) kept.traffic().swapOutBytes() / kept.preemptions();
    double givenBytes = (double) given.traffic().swapOutBytes() / given.preemptions();
    assertThat(givenBytes).isGreaterThan(1.5 * keptBytes);
    assertThat(given.recomputedTokens()).isZero();
  }

  @Test
  void aTokenUnderWayDoesNotEndTheStallOfItsRequest() {
    SchedulerConfig two = SWAPPING.toBuilder().maxPlansInFlight(2).build();
    SimMetrics row = run(two, CopyStyle.Unit.RUN, false);
    // Most of 12 requests wait for most of the time once they ran.
    assertThat(row.stallShare()).isGreaterThan(0.2);
  }

  /** From a link slower than computing again to one that is faster. */
  @ParameterizedTest
  @ValueSource(doubles = {0.2e9, 0.4e9, 0.8e9, 1.2e9})
  void theChoiceIsAsGoodAsTheBetterWhereLinkAndDeviceAreAlike(double bytesPerSecond) {
    double swap = seconds(PreemptionMode.SWAP, bytesPerSecond);
    double recompute = seconds(PreemptionMode.RECOMPUTE, bytesPerSecond);
    assertThat(seconds(PreemptionMode.AUTO, bytesPerSecond))
        .isLessThan(1.03 * Math.min(swap, recompute));
  }

  private static double seconds(PreemptionMode mode, double bytesPerSecond) {
    SchedulerConfig config = SWAPPING.toBuilder().preemption(mode).build();
    LinkProfile link = new LinkProfile(bytesPerSecond, bytesPerSecond, 10_000);
    SimTier tier = new SimTier(TierKind.DRAM, "dram", 4000, link);
    return run(config, tier, CopyStyle.Unit.RUN, false).seconds();
  }
}
