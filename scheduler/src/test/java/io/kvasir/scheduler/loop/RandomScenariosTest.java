package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

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
    long lossy = 0;
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
      lossy += scenario.tiers().lossy;
    }
    assertThat(stored).as("blocks stored in tiers").isGreaterThan(SCENARIOS);
    assertThat(loaded).as("blocks loaded from tiers").isGreaterThan(SCENARIOS);
    assertThat(lossy).as("blocks stored in lossy tiers").isGreaterThan(SCENARIOS / 10);
    return preemptions;
  }
}
