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
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.TracePattern;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The model of vLLM 0.3.3: what it does to requests that do not fit, and between turns. */
final class VllmSchedulerTest {
  private static final int ROOMY = 4000;
  private static final CopyStyle BLOCKS = new CopyStyle(CopyStyle.Unit.LAYER, true);
  private static final CopyStyle ASIDE = new CopyStyle(CopyStyle.Unit.LAYER, false);
  private static final CopyStyle GROUPS = new CopyStyle(CopyStyle.Unit.LAYER_RUN, true);
  private static final SchedulerConfig PARKING = config(TracePattern.RANDOM);
  private static final SchedulerConfig KEEPING = PARKING.toBuilder().keepCopies(true).build();
  private static final SchedulerConfig DROPPING = PARKING.toBuilder().prefixCaching(false).build();

  private static SchedulerConfig config(TracePattern pattern) {
    return SchedulerConfig.builder()
        .limits(1000, 64, 8192)
        .policy(PolicyKind.TRACED)
        .policySettings(PolicySettings.DEFAULT.tracing(pattern, 1, 0.1))
        .prefixCaching(true)
        .keepCopies(false)
        .build();
  }

  private static SimMetrics run(
      int kvBlocks, int hostBlocks, SchedulerConfig config, CopyStyle copies, Arrival... arrivals) {
    SimTier host =
        new SimTier(TierKind.DRAM, "host", hostBlocks, new LinkProfile(25e9, 25e9, 10_000));
    SimSetup setup = SimFixtures.setup(kvBlocks, config, host);
    SimSetup modelled =
        new SimSetup(
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
            SimCore.VLLM_033,
            true);
    SimMetrics row = SimFixtures.run(modelled, ArrivalStream.of(List.of(arrivals).iterator()));
    assertThat(row.completed()).isEqualTo(arrivals.length);
    return row;
  }

  private static Arrival arrival(int index, long nanos, int prompt, int answer) {
    Prompt.Synthetic asked = new Prompt.Synthetic(List.of(new Segment(100 + index, 0, prompt)));
    return Arrival.plain(index, nanos, "t", asked, answer);
  }

  private static SimMetrics crowd(int hostBlocks, SchedulerConfig config, CopyStyle copies) {
    Arrival[] all =
        IntStream.range(0, 12).mapToObj(i -> arrival(i, 0, 300, 200)).toArray(Arrival[]::new);
    SimMetrics row = run(120, hostBlocks, config, copies, all);
    assertThat(row.preemptions()).isGreaterThan(12);
    return row;
  }

  @Test
  void waitingForEachBlockIsSlowestAndPiecesAreFewerInGroups() {
    SimMetrics blocks = crowd(ROOMY, PARKING, BLOCKS);
    SimMetrics groups = crowd(ROOMY, PARKING, GROUPS);
    assertThat(blocks.seconds()).isGreaterThan(groups.seconds());
    assertThat(blocks.seconds()).isGreaterThan(crowd(ROOMY, PARKING, ASIDE).seconds());
    assertThat(blocks.traffic().pieces()).isGreaterThan(10 * groups.traffic().pieces());
    assertThat(blocks.recomputedTokens()).isZero();
  }

  @Test
  void keptCopiesMoveOnlyWhatWasAdded() {
    double all = swapOutBytesEach(crowd(ROOMY, PARKING, BLOCKS));
    assertThat(all).isGreaterThan(2 * swapOutBytesEach(crowd(ROOMY, KEEPING, BLOCKS)));
  }

  private static double swapOutBytesEach(SimMetrics row) {
    return (double) row.traffic().swapOutBytes() / row.preemptions();
  }

  @Test
  void victimsAreComputedAgainWhereHostMemoryIsFull() {
    assertThat(crowd(20, PARKING, BLOCKS).recomputedTokens()).isPositive();
    assertThat(crowd(20, KEEPING, ASIDE).recomputedTokens()).isPositive();
  }

  @Test
  void mostlyKeptPrioritiesMakeFewerVictims() {
    SimMetrics random = crowd(ROOMY, PARKING, BLOCKS);
    SimMetrics markov = crowd(ROOMY, config(TracePattern.MARKOV), BLOCKS);
    assertThat(markov.preemptions()).isLessThan(random.preemptions());
  }

  @Test
  void aPromptIsComputedInAStepOfItsOwn() {
    SimMetrics row =
        run(ROOMY, 0, DROPPING, BLOCKS, arrival(0, 0, 10, 200), arrival(1, 1_000_000_000, 99, 20));
    // One prompt and 199 tokens of the first one, and the prompt of the second.
    assertThat(row.steps()).isEqualTo(201);
  }

  @Test
  void aTurnComesBackFromTheHostAndIsDroppedWithoutCaching() {
    Arrival[] turns = {
      arrival(0, 0, 100, 60).inSession("s"), arrival(1, 9_000_000_000L, 400, 20).inSession("s")
    };
    SimMetrics parked = run(ROOMY, ROOMY, PARKING, BLOCKS, turns);
    // All that was said but for its last token, which nobody read.
    assertThat(parked.cachedTokens()).isEqualTo(159);
    assertThat(parked.traffic().swapInBytes()).isPositive();
    SimMetrics kept = run(ROOMY, ROOMY, KEEPING, BLOCKS, turns);
    assertThat(kept.traffic().swapOutBytes()).isLessThan(parked.traffic().swapOutBytes());
    SimMetrics dropped = run(ROOMY, ROOMY, DROPPING, BLOCKS, turns);
    assertThat(dropped.cachedTokens()).isZero();
    assertThat(dropped.traffic().swapBytes()).isZero();
  }

  @Test
  void aRequestThatTakesAllOfTheMemoryEnds() {
    SimMetrics row =
        run(32, ROOMY, PARKING, ASIDE, arrival(0, 0, 300, 212), arrival(1, 0, 300, 212));
    assertThat(row.outputTokens()).isEqualTo(424);
  }
}
