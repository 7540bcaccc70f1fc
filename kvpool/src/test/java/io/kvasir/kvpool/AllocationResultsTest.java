package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import org.junit.jupiter.api.Test;

final class AllocationResultsTest {
  private final AllocationResults results = new AllocationResults(40);

  @Test
  void resultSaysWhatWasAskedFor() {
    for (int round = 0; round < 2; round++) {
      for (int fresh = 0; fresh <= 40; fresh++) {
        for (int shared = 0; shared <= 40 - fresh; shared++) {
          assertThat(results.granted(fresh, shared)).isEqualTo(new Granted(fresh, shared));
        }
        assertThat(results.insufficient(fresh)).isEqualTo(new Insufficient(fresh));
      }
    }
    assertThat(results.insufficient(41)).isEqualTo(new Insufficient(41));
  }

  @Test
  void commonResultsAreKept() {
    assertThat(results.granted(40, 0)).isSameAs(results.granted(40, 0));
    assertThat(results.granted(1, 31)).isSameAs(results.granted(1, 31));
    assertThat(results.insufficient(40)).isSameAs(results.insufficient(40));
  }
}
