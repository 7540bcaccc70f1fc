package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Ten thousand random operation sequences on the pool and on {@link NaivePool}: same results, same
 * counts, same sharing, and integrity after every operation; with the naive allocator also the same
 * block ids. {@code -Dkvasir.pool.seed=N} runs one sequence again.
 */
final class KvPoolModelTest {
  private static final int SEQUENCES = 10_000;
  private static final String SEED = "kvasir.pool.seed";

  @Test
  void poolOfSingleBlocksAgreesWithTheNaiveOne() {
    run(false);
  }

  @Test
  void poolOfGroupsAgreesWithTheNaiveOneButForTheIds() {
    run(true);
  }

  private static void run(boolean grouped) {
    Integer only = Integer.getInteger(SEED);
    int first = only == null ? 0 : only;
    int end = only == null ? SEQUENCES : only + 1;
    RandomPoolSequence.Coverage coverage = new RandomPoolSequence.Coverage();
    for (int seed = first; seed < end; seed++) {
      RandomPoolSequence sequence = new RandomPoolSequence(seed, grouped, coverage);
      try {
        sequence.run();
      } catch (AssertionError | RuntimeException e) {
        fail(
            "seed %d, operation %s%nrun again: -Dtest=KvPoolModelTest -D%s=%d"
                .formatted(seed, sequence, SEED, seed),
            e);
      }
    }
    if (only == null) {
      coverage.requireEverything();
    }
  }
}
