package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.scheduler.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bounds that the fair policies state, over random loads: tenants that wait all the time, each
 * with prompts and answers of its own kind, and one that comes and goes.
 */
class FairnessBoundsTest {
  private static final int ROOM = 600;
  private static final int MOST_PROMPT = 120;
  private static final int MOST_OUTPUT = 80;
  private static final int STEPS = 800;
  private static final int SEEDS = 10;

  /** U of VTC: the larger of w_in times the longest prompt and w_out times the room. */
  private static final double U = Math.max(MOST_PROMPT, 2 * ROOM);

  private static final class Load {
    final ServiceRig rig;
    final SplittableRandom random;
    final List<String> backlogged = new ArrayList<>();
    final Map<String, int[]> sizes = new HashMap<>();

    /* Most counter above the least of those that wait, and most difference in service. */
    double mostAhead;
    double mostDifference;
    double mostBehind;

    Load(PolicyKind kind, PolicySettings settings, long seed) {
      random = new SplittableRandom(seed);
      rig = new ServiceRig(kind, settings, ROOM, 2 + random.nextInt(30));
      int tenants = 2 + random.nextInt(5);
      for (int i = 0; i < tenants; i++) {
        String tenant = "tenant-" + i;
        rig.tenant(tenant, random.nextBoolean() ? 1 : 1 + random.nextInt(3));
        backlogged.add(tenant);
        int prompt = 1 + random.nextInt(MOST_PROMPT);
        int output = 1 + random.nextInt(MOST_OUTPUT);
        sizes.put(tenant, new int[] {prompt, output});
      }
    }

    void run() {
      Map<String, Double> start = null;
      Map<String, double[]> range = new HashMap<>();
      for (int s = 0; s < STEPS; s++) {
        fill();
        rig.step();
        if (s == 0) {
          start = services();
        }
        observe(start == null ? Map.of() : start, range);
      }
    }

    private void fill() {
      for (String tenant : backlogged) {
        int[] size = sizes.getOrDefault(tenant, new int[] {1, 1});
        while (rig.queued(tenant) < 20) {
          int prompt = 1 + random.nextInt(size[0]);
          rig.submit(tenant, prompt, 1 + random.nextInt(size[1]), MOST_OUTPUT, 0, target());
        }
      }
      if (random.nextInt(20) == 0) {
        rig.submit("visitor", 1 + random.nextInt(MOST_PROMPT), 1 + random.nextInt(MOST_OUTPUT));
      }
    }

    private int target() {
      return random.nextInt(3) == 0 ? 1 + random.nextInt(2000) : 0;
    }

    private Map<String, Double> services() {
      Map<String, Double> services = new HashMap<>();
      rig.accounts.snapshot(100).forEach(r -> services.put(r.tenant(), r.service() / r.weight()));
      return services;
    }

    /* The range of (service of a - service of b) since the start bounds that of every interval. */
    private void observe(Map<String, Double> start, Map<String, double[]> range) {
      Map<String, Double> now = services();
      double least = rig.accounts.leastCounter();
      for (String a : backlogged) {
        mostAhead = Math.max(mostAhead, rig.counter(a) - least);
        for (String b : backlogged) {
          double difference = since(start, now, a) - since(start, now, b);
          double[] seen = range.computeIfAbsent(a + b, pair -> new double[2]);
          seen[0] = Math.min(seen[0], difference);
          seen[1] = Math.max(seen[1], difference);
          mostDifference = Math.max(mostDifference, seen[1] - seen[0]);
        }
        double visitor = since(start, now, "visitor") - since(start, now, a);
        double[] seen = range.computeIfAbsent(a + "!", pair -> new double[] {visitor, 0});
        seen[0] = Math.min(seen[0], visitor);
        mostBehind = Math.max(mostBehind, visitor - seen[0]);
      }
    }

    private static double since(Map<String, Double> start, Map<String, Double> now, String t) {
      return now.getOrDefault(t, 0.0) - start.getOrDefault(t, 0.0);
    }
  }

  private static PolicySettings settings(double window, double credit, double quantum) {
    PolicySettings d = PolicySettings.DEFAULT;
    return new PolicySettings(
        d.weights(),
        window,
        credit,
        quantum,
        d.ageMillis(),
        d.priorityGap(),
        d.starveMillis(),
        d.tracePattern(),
        d.traceSeed(),
        d.traceFrequency(),
        d.ttftMillis(),
        d.tbtMillis(),
        d.lostMillis());
  }

  @Test
  void vtcDiffersByAtMostTwoUAndIsBehindByAtMostFourU() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Load load = new Load(PolicyKind.VTC, PolicySettings.DEFAULT, seed);
      load.run();
      assertThat(load.mostAhead).as("counters, seed %d", seed).isPositive().isLessThanOrEqualTo(U);
      assertThat(load.mostDifference).as("seed %d", seed).isLessThanOrEqualTo(2 * U);
      assertThat(load.mostBehind).as("behind, seed %d", seed).isLessThanOrEqualTo(4 * U);
    }
  }

  @Test
  void dlpmDiffersByAtMostTwoUAndTwoQuanta() {
    for (long seed = 0; seed < SEEDS; seed++) {
      double quantum = 10 + 300 * seed;
      Load load = new Load(PolicyKind.DLPM, settings(512, 0, quantum), seed);
      load.run();
      assertThat(load.mostAhead).as("counters, seed %d", seed).isLessThanOrEqualTo(U + quantum);
      assertThat(load.mostDifference).as("seed %d", seed).isLessThanOrEqualTo(2 * (U + quantum));
    }
  }

  @Test
  void fairSlackDiffersByAtMostTwoUAndTwoWindowsOrCredits() {
    for (long seed = 0; seed < 2 * SEEDS; seed++) {
      double window = 200 * (seed % SEEDS);
      double credit = seed < SEEDS ? 0 : 300 * (seed * 7 % SEEDS);
      double apart = Math.max(window, credit) + U;
      Load load = new Load(PolicyKind.FAIR_SLACK, settings(window, credit, 512), seed);
      load.run();
      assertThat(load.mostAhead).as("counters, seed %d", seed).isLessThanOrEqualTo(apart);
      assertThat(load.mostDifference).as("seed %d", seed).isLessThanOrEqualTo(2 * apart);
      assertThat(load.mostBehind).as("behind, seed %d", seed).isLessThanOrEqualTo(4 * apart);
    }
  }

  @Test
  void withItsDefaultWindowFairSlackDiffersLessThanVtc() {
    double vtc = 0;
    double fairSlack = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Load one = new Load(PolicyKind.VTC, PolicySettings.DEFAULT, seed);
      one.run();
      vtc += one.mostDifference;
      Load other = new Load(PolicyKind.FAIR_SLACK, PolicySettings.DEFAULT, seed);
      other.run();
      fairSlack += other.mostDifference;
    }
    assertThat(fairSlack).isLessThan(vtc);
  }

  @Test
  void withoutFairnessTheDifferenceHasNoBound() {
    ServiceRig rig = new ServiceRig(PolicyKind.FCFS, PolicySettings.DEFAULT, ROOM, 8);
    for (int s = 0; s < STEPS; s++) {
      rig.submit("flood", 50, 30);
      if (s % 10 == 0) {
        rig.submit("modest", 50, 30);
      }
      rig.step();
    }
    assertThat(rig.service("flood") - rig.service("modest")).isGreaterThan(8 * U);
  }

  /** While the least served waits, every other tenant is given at most the window and a charge. */
  @Test
  void fairSlackBoundsHowLongTheLeastServedWaits() {
    double window = 300;
    int output = 40;
    double charge = 100 + 2 * output;
    ServiceRig rig = new ServiceRig(PolicyKind.FAIR_SLACK, settings(window, 0, 512), ROOM, 3);
    for (int i = 0; i < 300; i++) {
      for (String flood : List.of("flood-1", "flood-2", "flood-3")) {
        rig.submit(flood, 100, output, output, 0, 1 + i % 7);
      }
    }
    for (int s = 0; s < 400; s++) {
      rig.step();
    }
    Request modest = rig.submit("modest", 100, output, output, 0, 3_600_000);
    Map<String, Double> before = new HashMap<>();
    List.of("flood-1", "flood-2", "flood-3").forEach(t -> before.put(t, rig.counter(t)));
    while (modest.admissions() == 0) {
      rig.step();
    }
    before.forEach((tenant, counter) ->
        assertThat(rig.counter(tenant) - counter).isLessThanOrEqualTo(window + charge));
  }

  /** After an update, here every step, each of n requests has one of m places with m / n. */
  @ParameterizedTest
  @EnumSource(TracePattern.class)
  void tracedPrioritiesGiveEverybodyItsShareOfTheUpdates(TracePattern pattern) {
    int requests = 12;
    int places = 3;
    int steps = 4000;
    PolicySettings base = PolicySettings.DEFAULT;
    PolicySettings settings =
        new PolicySettings(
            base.weights(),
            base.windowTokens(),
            base.creditTokens(),
            base.quantumTokens(),
            base.ageMillis(),
            base.priorityGap(),
            base.starveMillis(),
            pattern,
            7,
            1,
            base.ttftMillis(),
            base.tbtMillis(),
            base.lostMillis());
    ServiceRig rig = new ServiceRig(PolicyKind.TRACED, settings, 1_000_000, places);
    List<Request> all = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      all.add(rig.submit("tenant", 10, 2 * steps));
    }
    for (int s = 0; s < steps; s++) {
      rig.step();
    }
    double share = (double) places / requests;
    // Five deviations; draws that are kept with a probability p count as (1 - p) / (1 + p) as many.
    double stay = pattern == TracePattern.MARKOV ? TracedPriorityPolicy.STAY : 0;
    double draws = steps * (1 - stay) / (1 + stay);
    double most = 5 * Math.sqrt(share * (1 - share) / draws);
    for (Request request : all) {
      assertThat((double) request.completionTokens() / steps).isCloseTo(share, within(most));
    }
  }
}
