package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Ten thousand random sequences on the group allocator and on a {@link java.util.BitSet}, with
 * integrity and bounds checked after every operation. {@code -Dkvasir.slots.seed=N} runs one again.
 */
final class SlotAllocatorModelTest {
  private static final int SEQUENCES = 10_000;
  private static final String SEED = "kvasir.slots.seed";

  @Test
  void allocatorAgreesWithABitSet() {
    Integer only = Integer.getInteger(SEED);
    int first = only == null ? 0 : only;
    int end = only == null ? SEQUENCES : only + 1;
    RandomSlotSequence.Coverage coverage = new RandomSlotSequence.Coverage();
    for (int seed = first; seed < end; seed++) {
      RandomSlotSequence sequence = new RandomSlotSequence(seed, coverage);
      try {
        sequence.run();
      } catch (AssertionError | RuntimeException e) {
        fail(
            "seed %d, operation %s%nrun again: -Dtest=SlotAllocatorModelTest -D%s=%d"
                .formatted(seed, sequence, SEED, seed),
            e);
      }
    }
    if (only == null) {
      coverage.requireEverything();
    }
  }
}
