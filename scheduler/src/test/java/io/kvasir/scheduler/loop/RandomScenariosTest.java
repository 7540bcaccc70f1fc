package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.session.SessionStatus;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random scenarios against the sequential oracle. A failure names its seed; {@code
 * -Dkvasir.scheduler.seed=SEED} runs that one alone.
 */
class RandomScenariosTest {
  private static final String SEED = "kvasir.scheduler.seed";
  private static final int SCENARIOS = 5_000;
  private static final int OPERATIONS = 60;

  @Test
  void undisturbedRequestsProduceWhatTheSequentialOracleSays() {
    assertThat(run(false)).as("scenarios preempt").isGreaterThan(SCENARIOS / 2);
  }

  @Test
  void disturbedRequestsProduceABeginningOfIt() {
    assertThat(run(true)).as("scenarios preempt").isGreaterThan(SCENARIOS / 2);
  }

  /** Returns how many requests were preempted. */
  private static long run(boolean disturbed) {
    Long only = Long.getLong(SEED);
    if (only != null) {
      new RandomScenario(only, disturbed).run(OPERATIONS);
      return SCENARIOS;
    }
    long preemptions = 0;
    long stored = 0;
    long loaded = 0;
    long found = 0;
    long givenUp = 0;
    long both = 0;
    long overtaken = 0;
    long timeouts = 0;
    long ahead = 0;
    long lossy = 0;
    Map<String, Long> sessions = new TreeMap<>();
    for (long seed = 0; seed < SCENARIOS; seed++) {
      RandomScenario scenario = new RandomScenario(seed, disturbed);
      try {
        scenario.run(OPERATIONS);
      } catch (Throwable e) {
        throw new AssertionError(
            "seed %d fails; repeat: ./mvnw -o -pl scheduler -am test -Dtest=RandomScenariosTest"
                    .formatted(seed)
                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=%d".formatted(SEED, seed),
            e);
      }
      preemptions += scenario.preemptions();
      stored += scenario.tiers().stored;
      loaded += scenario.tiers().loaded;
      found += scenario.tiers().found;
      givenUp += scenario.tiers().givenUp;
      RestoreStatus restores = scenario.status().swaps().restores();
      both += restores.bothLoadedTokens();
      overtaken += restores.overtakenBlocks();
      timeouts += restores.probeTimeouts();
      ahead += restores.prefetchHits();
      lossy += scenario.tiers().lossy;
      count(scenario.status().sessions(), sessions);
    }
    assertThat(stored).as("blocks stored in tiers").isGreaterThan(SCENARIOS);
    assertThat(loaded).as("blocks loaded from tiers").isGreaterThan(SCENARIOS);
    assertThat(lossy).as("blocks stored in lossy tiers").isGreaterThan(SCENARIOS / 10);
    assertThat(found).as("blocks found on the server").isGreaterThan(SCENARIOS / 10);
    assertThat(givenUp).as("blocks of cancelled copies").isGreaterThan(SCENARIOS / 50);
    assertThat(both).as("tokens loaded while others were computed").isGreaterThan(SCENARIOS / 50);
    assertThat(overtaken).as("blocks computed before they came").isGreaterThan(SCENARIOS / 50);
    assertThat(timeouts).as("answers that came too late").isGreaterThan(SCENARIOS / 500);
    assertThat(ahead).as("blocks loaded ahead of admission").isGreaterThan(SCENARIOS / 50);
    assertThat(sessions)
        .as("cases of sessions, disturbed: %s", disturbed)
        .allSatisfy((what, count) -> assertThat(count).as(what).isGreaterThan(SCENARIOS / 250));
    return preemptions;
  }

  private static void count(SessionStatus status, Map<String, Long> cases) {
    cases.merge("revoked blocks", status.revokedBlocks(), Long::sum);
    cases.merge("expired sessions", status.expiredSessions(), Long::sum);
    cases.merge("prefetched blocks", status.prefetchedBlocks(), Long::sum);
    cases.merge("prefetch hits", status.prefetchHits(), Long::sum);
    status
        .hints()
        .forEach((hint, results) ->
            results.forEach((result, count) -> cases.merge(hint + " " + result, count, Long::sum)));
  }
}
