package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.WaitingQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The rule and the bound of each policy that is not about tenants. */
class PoliciesTest {
  private static final PolicySettings DEFAULT = PolicySettings.DEFAULT;
  private static final long AGE_STEPS = DEFAULT.ageMillis() * 1_000_000 / ServiceRig.STEP_NANOS;

  private static ServiceRig rig(PolicyKind kind, int slots) {
    return new ServiceRig(kind, DEFAULT, 100_000, slots);
  }

  private static int stepsUntilAdmitted(ServiceRig rig, Request request, Runnable arrivals) {
    int steps = 0;
    while (request.admissions() == 0) {
      arrivals.run();
      rig.step();
      if (steps++ > 50_000) {
        throw new AssertionError("starves: " + request);
      }
    }
    return steps;
  }

  @Test
  void fcfsServesInTheOrderOfArrival() {
    ServiceRig rig = rig(PolicyKind.FCFS, 1);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(rig.submit("tenant-" + i % 3, 1 + i, 2, 2, i, 0));
    }
    while (rig.table.size() > 0) {
      rig.step();
    }
    assertThat(rig.admitted).isEqualTo(requests);
  }

  @Test
  void higherPriorityComesFirstAndThenArrival() {
    ServiceRig rig = rig(PolicyKind.PRIORITY, 1);
    Request low = rig.submit("t", 1, 2, 2, 0, 0);
    Request high = rig.submit("t", 1, 2, 2, 2, 0);
    Request later = rig.submit("t", 1, 2, 2, 2, 0);
    while (rig.table.size() > 0) {
      rig.step();
    }
    assertThat(rig.admitted).containsExactly(high, later, low);
  }

  @Test
  void lowPriorityWaitsForNoMoreThanItsAge() {
    ServiceRig rig = rig(PolicyKind.PRIORITY, 1);
    Request low = rig.submit("t", 1, 1, 1, 0, 0);
    int steps =
        stepsUntilAdmitted(
            rig,
            low,
            () -> {
              if (rig.table.waiting().size() < 3) {
                rig.submit("t", 1, 1, 1, 1, 0);
              }
            });
    assertThat((long) steps).isBetween(AGE_STEPS, AGE_STEPS + 4);
  }

  @Test
  void runningLowPriorityGivesWayAndIsNotThrownOutInTurns() {
    ServiceRig rig = rig(PolicyKind.PRIORITY, 1);
    Request low = rig.submit("t", 10, 50, 50, 0, 0);
    rig.step();
    Request high = rig.submit("t", 10, 20, 20, 1, 0);
    Request equal = rig.submit("t", 10, 5, 5, 0, 0);
    rig.step();
    assertThat(high.admissions()).isEqualTo(1);
    while (rig.table.size() > 0) {
      rig.step();
    }
    assertThat(rig.admitted).containsExactly(low, high, low, equal);
    assertThat(rig.preemptions).isEqualTo(1);
  }

  @Test
  void theTraceIsTheSameForTheSameSeedAndChangesWithItsFrequency() {
    for (TracePattern pattern : TracePattern.values()) {
      int[] changes = new int[2];
      for (int run = 0; run < 2; run++) {
        TracedPriorityPolicy policy = new TracedPriorityPolicy(pattern, 7, 0.02);
        ServiceRig rig = rig(PolicyKind.FCFS, 1);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          requests.add(rig.submit("t", 1, 1));
        }
        long[] ranks = new long[requests.size()];
        for (long step = 0; step < 1000; step++) {
          policy.stepBegins(step, 0, 0);
          for (int i = 0; i < ranks.length; i++) {
            long rank = policy.rank(requests.get(i));
            changes[run] += step > 0 && rank != ranks[i] ? 1 : 0;
            assertThat(step % 50 == 0 || rank == ranks[i]).as("between updates").isTrue();
            ranks[i] = rank;
          }
        }
      }
      assertThat(changes[0]).isEqualTo(changes[1]);
      int all = 50 * 19;
      if (pattern == TracePattern.RANDOM) {
        assertThat(changes[0]).isEqualTo(all);
      } else {
        double left = 1 - TracedPriorityPolicy.STAY;
        assertThat((double) changes[0] / all).isBetween(left - 0.1, left + 0.1);
      }
    }
  }

  @Test
  void tracedPrioritiesPreemptWhenRanksChange() {
    ServiceRig rig = rig(PolicyKind.TRACED, 2);
    for (int i = 0; i < 10; i++) {
      rig.submit("t", 1, 200);
    }
    for (int s = 0; s < 200; s++) {
      rig.step();
      long worst = rig.table.running().rank(rig.table.running().size() - 1);
      rig.table
          .waiting()
          .forEach(request -> assertThat(rig.policy.rank(request)).isGreaterThan(worst));
    }
    assertThat(rig.preemptions).isPositive();
  }

  @Test
  void mlfqSkipsLevelsAndServesShortOnesFirst() {
    ServiceRig rig = rig(PolicyKind.MLFQ, 1);
    Request running = rig.submit("t", 3000, 50);
    rig.step();
    Request longPrompt = rig.submit("t", 4000, 1);
    Request shortPrompt = rig.submit("t", 10, 1);
    assertThat(Ticket.of(running).level).as("512 * 2^3 covers 3000").isEqualTo(3);
    rig.step();
    rig.step();
    assertThat(shortPrompt.admissions()).as("a running one gives way").isEqualTo(1);
    assertThat(longPrompt.admissions()).isZero();
    assertThat(running.times().preemptions()).isEqualTo(1);
  }

  @Test
  void mlfqDemotesWhoUsedItsQuantum() {
    ServiceRig rig = rig(PolicyKind.MLFQ, 1);
    Request request = rig.submit("t", 100, 500);
    while (rig.table.size() > 0) {
      rig.step();
      int most = request.completionTokens() >= 206 ? (request.completionTokens() > 719 ? 2 : 1) : 0;
      assertThat(Ticket.of(request).level).isEqualTo(most);
    }
  }

  /** Wherever the clock begins: that of a JVM may be negative. */
  @Test
  void mlfqPutsWhoStarvesFirst() {
    for (long begin : new long[] {0, -1_000_000 * ServiceRig.STEP_NANOS}) {
      ServiceRig rig = rig(PolicyKind.MLFQ, 1);
      rig.now = begin;
      Request starving = rig.submit("t", 2000, 1);
      int steps =
          stepsUntilAdmitted(
              rig,
              starving,
              () -> {
                if (rig.table.waiting().size() < 3) {
                  rig.submit("t", 5, 5);
                }
              });
      long starve = DEFAULT.starveMillis() * 1_000_000 / ServiceRig.STEP_NANOS;
      assertThat((long) steps).isBetween(starve, starve + 20);
    }
  }

  @Test
  void slackServesWhatIsDueFirstAndLeavesWhatIsLost() {
    for (PolicyKind kind : List.of(PolicyKind.SLACK, PolicyKind.FAIR_SLACK)) {
      ServiceRig rig = rig(kind, 1);
      Request busy = rig.submit("t", 1, 30, 30, 0, 100);
      rig.step();
      Request lost = rig.submit("t", 1, 2, 2, 0, 5);
      Request late = rig.submit("t", 1, 2, 2, 0, 900);
      Request soon = rig.submit("t", 1, 2, 2, 0, 300);
      while (rig.table.size() > 0) {
        rig.step();
      }
      assertThat(rig.admitted).as("%s", kind).containsExactly(busy, soon, late, lost);
    }
  }

  @Test
  void whoIsLostWaitsForNoMoreThanWhatIsDueUntilItIsPutBack() {
    for (PolicyKind kind : List.of(PolicyKind.SLACK, PolicyKind.FAIR_SLACK)) {
      ServiceRig rig = rig(kind, 1);
      rig.submit("t", 1, 20, 20, 0, 1);
      rig.step();
      Request lost = rig.submit("t", 1, 1, 1, 0, 5);
      int steps = stepsUntilAdmitted(rig, lost, () -> rig.submit("t", 1, 1, 1, 0, 10));
      assertThat((long) steps).as("%s", kind).isBetween(1000L, DEFAULT.lostMillis() + 100);
    }
  }

  @Test
  void fairSlackGivesWayToATenantWithLessRunningAndNotInTurns() {
    ServiceRig rig = rig(PolicyKind.FAIR_SLACK, 4);
    for (int i = 0; i < 12; i++) {
      rig.submit("flood", 10, 100);
    }
    rig.step();
    Request modest = rig.submit("modest", 10, 100);
    double flooded = rig.counter("flood");
    stepsUntilAdmitted(rig, modest, () -> {});
    assertThat(rig.counter("flood") - flooded)
        .as("until the flood has had its window")
        .isLessThanOrEqualTo(DEFAULT.windowTokens() + 2 * 4 * 2);
    assertThat(rig.preemptions).isEqualTo(1);
    for (int i = 0; i < 12; i++) {
      rig.submit("modest", 10, 100);
    }
    while (rig.table.size() > 0) {
      rig.step();
    }
    assertThat(rig.preemptions).isLessThan(12);
    assertThat(rig.admitted)
        .allMatch(request -> request.times().preemptions() <= FairSlackPolicy.MOST_PREEMPTIONS);
  }

  /** The same as if the requests of their tenants were not there; and nothing else changes. */
  @Test
  void whoStepsAsideIsPassedOver() {
    for (PolicyKind kind : PolicyKind.values()) {
      for (long seed = 0; seed < 20; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        ServiceRig rig = rig(kind, 3);
        for (int i = 0; i < 60; i++) {
          rig.submit("tenant-" + random.nextInt(5), 1 + random.nextInt(50), 1 + random.nextInt(20));
          if (random.nextInt(3) == 0) {
            rig.step();
          }
          checkHeadWithout(rig, 1 + random.nextInt(31));
        }
      }
    }
  }

  private static void checkHeadWithout(ServiceRig rig, int mask) {
    Predicate<Request> aside =
        request -> (mask >> (request.tenant().id().charAt(7) - '0') & 1) == 1;
    WaitingQueue waiting = rig.policy.waiting();
    Request head = waiting.head(rig.now);
    Request chosen = waiting.headBut(aside, rig.now);
    assertThat(waiting.violations()).isEmpty();
    assertThat(waiting.head(rig.now)).isSameAs(head);
    List<Request> out = new ArrayList<>();
    waiting.forEach(request -> {
      if (aside.test(request)) {
        out.add(request);
      }
    });
    out.forEach(waiting::remove);
    assertThat(chosen).as("%s", rig.policy.name()).isSameAs(waiting.head(rig.now));
    out.forEach(waiting::add);
  }

  @Test
  void mlfqCountsTheWaitOfWhoStepsAside() {
    ServiceRig rig = rig(PolicyKind.MLFQ, 1);
    Request starving = rig.submit("t", 2000, 1);
    int steps =
        stepsUntilAdmitted(
            rig,
            starving,
            () -> {
              rig.policy.waiting().headBut(request -> true, rig.now);
              if (rig.table.waiting().size() < 3) {
                rig.submit("t", 5, 5);
              }
            });
    long starve = DEFAULT.starveMillis() * 1_000_000 / ServiceRig.STEP_NANOS;
    assertThat((long) steps).isBetween(starve, starve + 20);
  }
}
