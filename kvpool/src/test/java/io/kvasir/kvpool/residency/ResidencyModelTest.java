package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Random lives of a pool with tiers, see {@link RandomTierSequence}. {@code
 * -Dkvasir.residency.seed=N} runs one again.
 */
final class ResidencyModelTest {
  private static final int SEQUENCES = 3000;
  private static final String SEED = "kvasir.residency.seed";

  @Test
  void everyLoadBringsTheBytesThatWereAskedFor() {
    Integer only = Integer.getInteger(SEED);
    int first = only == null ? 0 : only;
    int end = only == null ? SEQUENCES : only + 1;
    Coverage coverage = new Coverage();
    for (int seed = first; seed < end; seed++) {
      RandomTierSequence sequence = new RandomTierSequence(seed, coverage);
      try {
        sequence.run();
      } catch (AssertionError | RuntimeException e) {
        fail(
            "seed %d, %s%nrun again: -Dtest=ResidencyModelTest -D%s=%d"
                .formatted(seed, sequence, SEED, seed),
            e);
      }
    }
    if (only == null) {
      assertThat(coverage.counts())
          .allSatisfy((what, count) -> assertThat(count).as(what).isGreaterThan(50));
    }
  }
}
