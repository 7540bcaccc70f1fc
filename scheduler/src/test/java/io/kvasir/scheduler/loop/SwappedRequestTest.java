package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A tier with room for all gives back everything that preempted requests had. */
class SwappedRequestTest {
  private static final int SEEDS = 100;
  private static final int REQUESTS = 8;
  private static final int TURNS = 100_000;

  @Test
  void nothingIsComputedTwiceHoweverCopiesAndStepsInterleave() {
    long preemptions = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      SchedulerStatus.Totals totals = run(seed);
      assertThat(totals.recomputedTokens()).as("seed %d: %s", seed, totals).isZero();
      preemptions += totals.preemptions();
    }
    assertThat(preemptions).isGreaterThan(SEEDS);
  }

  private static SchedulerStatus.Totals run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TestTiers tiers =
        new TestTiers(
            List.of(TestTiers.spec(TierKind.DRAM, 1024, false, true, 1_000_000_000)),
            random.split(),
            false);
    SchedulerConfig config =
        SchedulerConfig.builder().limits(64, 16, 64).preemption(PreemptionMode.SWAP).build();
    HashRunnerConfig worker = new HashRunnerConfig(64, 128, 4, 24, 64);
    try (CoreHarness harness = new CoreHarness(config, worker, 16, tiers)) {
      for (int i = 0; i < REQUESTS; i++) {
        int[] prompt = random.ints(1 + random.nextInt(20), 3, 64).toArray();
        harness.submit("request-" + i, prompt, 1 + random.nextInt(40));
      }
      // From copies that are done at once to copies that take many steps.
      int copyShare = 1 + random.nextInt(20);
      for (int turn = 0; turn < TURNS && harness.core.requestCount() > 0; turn++) {
        harness.now += 1000;
        int dice = random.nextInt(20 + copyShare);
        if (dice < copyShare) {
          harness.copy();
        } else if (dice % 2 == 0) {
          harness.plan();
        } else {
          harness.execute();
        }
      }
      assertThat(harness.core.requestCount()).as("requests left, seed %d", seed).isZero();
      for (RecordedRequest request : harness.requests) {
        assertThat(request.misuse()).isNull();
        assertThat(request.parkings()).isEqualTo(request.end().timing().preemptions());
        assertThat(request.end().timing().stallNanos() > 0)
            .as("a preempted request stalls, seed %d", seed)
            .isEqualTo(request.parkings() > 0);
      }
      return harness.core.status("").totals();
    }
  }
}
