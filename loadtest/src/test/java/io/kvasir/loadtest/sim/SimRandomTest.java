package io.kvasir.loadtest.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.loadtest.sim.engine.PlanCost;
import io.kvasir.loadtest.sim.engine.Promises;
import io.kvasir.loadtest.sim.engine.SessionPacing;
import io.kvasir.loadtest.sim.engine.SimRun;
import io.kvasir.loadtest.sim.engine.SimSetup;
import io.kvasir.loadtest.sim.link.CopyStyle;
import io.kvasir.loadtest.sim.link.LinkProfile;
import io.kvasir.loadtest.sim.link.SimTier;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.metrics.SimRecorder;
import io.kvasir.loadtest.workload.ShapedArrivals;
import io.kvasir.loadtest.workload.Shaping;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.PolicyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random systems under random load in virtual time, with every invariant of the core and of its
 * plans checked after every event. A failure names the seed.
 */
final class SimRandomTest {
  private static final int SEEDS = Integer.getInteger("kvasir.sim.seeds", 8);
  private static final int REQUESTS = 40;
  private static final int FIRST = Integer.getInteger("kvasir.sim.first", 1);

  @Test
  void everyInvariantHoldsAfterEveryEvent() {
    long preemptions = 0;
    long swapped = 0;
    for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        SimMetrics row = run(seed);
        preemptions += row.preemptions();
        swapped += row.traffic().swapBytes();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " (-Dkvasir.sim.first=" + seed + ")", e);
      }
    }
    assertThat(preemptions).as("preemptions in %d runs", SEEDS).isPositive();
    assertThat(swapped).isPositive();
  }

  private static SimMetrics run(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimSetup setup = setup(random);
    Shaping shaping = new Shaping(1, 1, REQUESTS, Long.MAX_VALUE, setup.contextTokens(), Set.of());
    double rate = 0.5 + 20 * random.nextDouble();
    SimRecorder recorder = new SimRecorder(setup);
    try (ShapedArrivals arrivals =
        new ShapedArrivals(SimFixtures.chat(rate, 3, 0.5).arrivals(seed), shaping)) {
      SimMetrics row = recorder.metrics(SimRun.run(setup, arrivals, seed, recorder));
      assertThat(row.completed()).isEqualTo(REQUESTS).isEqualTo(row.sent());
      assertThat(row.unfinished()).isZero();
      return row;
    }
  }

  private static SimSetup setup(SplittableRandom random) {
    CopyStyle.Unit[] units = CopyStyle.Unit.values();
    PreemptionMode[] modes = PreemptionMode.values();
    PolicyKind[] policies = PolicyKind.values();
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(1_000_000, 2 + random.nextInt(30), 16 + random.nextInt(500))
            .maxPlansInFlight(1 + random.nextInt(2))
            .policy(policies[random.nextInt(policies.length)])
            .prefixCaching(random.nextInt(4) > 0)
            .preemption(modes[random.nextInt(modes.length)])
            .keepCopies(random.nextInt(3) > 0)
            .copyPatienceMillis(1 + random.nextInt(random.nextBoolean() ? 20 : 5000))
            .build();
    return new SimSetup(
        "random",
        SimFixtures.MODEL,
        SimFixtures.roofline(),
        16,
        20 + random.nextInt(80),
        tiers(random),
        new CopyStyle(units[random.nextInt(units.length)], random.nextInt(3) == 0),
        config,
        new PlanCost(random.nextInt(100_000), random.nextInt(10_000)),
        Promises.NONE,
        random.nextBoolean() ? SessionPacing.OPEN : SessionPacing.AFTER_ANSWER,
        SimSetup.Timing.DEFAULT,
        true);
  }

  private static List<SimTier> tiers(SplittableRandom random) {
    List<SimTier> tiers = new ArrayList<>();
    for (TierKind kind : TierKind.values()) {
      if (random.nextBoolean()) {
        double speed = Math.pow(10, 8 + 3 * random.nextDouble());
        tiers.add(
            new SimTier(
                kind,
                kind.name(),
                1 + random.nextInt(200),
                new LinkProfile(speed, speed / 2, random.nextInt(100_000))));
      }
    }
    return tiers;
  }
}
