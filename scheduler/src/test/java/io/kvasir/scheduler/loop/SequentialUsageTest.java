package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** One request after the other: then the oracle predicts usage exactly, cached tokens included. */
class SequentialUsageTest {
  private static final int VOCABULARY = 6;
  private static final int REQUESTS = 15;

  @Test
  void usageIsWhatTheSequentialOracleSays() {
    long cached = 0;
    for (long seed = 0; seed < 60; seed++) {
      cached += run(seed);
    }
    assertThat(cached).isPositive();
  }

  private static long run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int blockTokens = 1 + random.nextInt(4);
    SchedulerConfig config =
        SchedulerConfig.builder().limits(10, 4, 1 + random.nextInt(64)).build();
    HashRunnerConfig worker = new HashRunnerConfig(VOCABULARY, 64, blockTokens, 900, 512);
    SequentialOracle oracle = new SequentialOracle(VOCABULARY, blockTokens);
    long cached = 0;
    try (CoreHarness harness = new CoreHarness(config, worker, 4)) {
      for (int i = 0; i < REQUESTS; i++) {
        Specs specs = Specs.PLAIN.tenant("tenant-" + random.nextInt(2));
        int[] prompt = new int[1 + random.nextInt(30)];
        for (int p = 0; p < prompt.length; p++) {
          prompt[p] = random.nextInt(p < 12 ? 2 : VOCABULARY);
        }
        RecordedRequest request =
            new RecordedRequest(specs.request("request-" + i, prompt, 1 + random.nextInt(30)));
        harness.submit(request);
        harness.runUntilIdle(1000);
        assertThat(request.tokens()).isEqualTo(oracle.outcome(request).tokens());
        assertThat(request.end().cachedTokens())
            .as("seed %d, request %d", seed, i)
            .isEqualTo(oracle.cachedTokens(request));
        oracle.ran(request);
        cached += request.end().cachedTokens();
      }
      assertThat(harness.status().totals().prefixHitTokens()).isEqualTo(cached);
    }
    return cached;
  }
}
