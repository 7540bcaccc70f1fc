package io.kvasir.worker.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random plans on the hash oracle: whatever is chunked, released, preempted, shared, added to a
 * slot just freed or computed in a block just freed, every token is the expected one.
 */
final class StepEngineOracleTest {
  private static final int STEPS = 3000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyTokenIsTheExpectedOne(long seed) {
    Random random = new Random(seed);
    HashRunnerConfig config =
        new HashRunnerConfig(
            100 + random.nextInt(100),
            40 + random.nextInt(60),
            1 + random.nextInt(8),
            120,
            8 + random.nextInt(60));
    int maxRequests = 2 + random.nextInt(12);
    try (HashModelRunner runner = new HashModelRunner(config)) {
      StepEngine engine = new StepEngine(runner, maxRequests, null, () -> 0L);
      RandomPlanner planner = new RandomPlanner(config, maxRequests, random);
      for (int step = 1; step <= STEPS; step++) {
        StepResult result = engine.execute(planner.plan(step));
        assertThat(result.failure()).as("seed %d step %d", seed, step).isEmpty();
        planner.check(result, "seed " + seed + " step " + step);
      }
      assertThat(planner.tokensChecked()).isGreaterThan(1000);
      assertThat(planner.forks()).isGreaterThan(10);
      assertThat(engine.requestCount()).isEqualTo(planner.heldRequests());
    }
  }
}
