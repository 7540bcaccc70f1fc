package io.kvasir.offload.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteBudgetTest {
  private static final long HOUR = 3_600_000;

  private final MemorySegment block = Arena.ofAuto().allocate(4096, 4096);

  private record Write(long atMillis, long bytes) {}

  @Test
  void no24HoursSeeMoreThanLimit() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      WriteBudget budget = new WriteBudget(1000);
      Deque<Write> lately = new ArrayDeque<>();
      long now = 1_700_000_000_000L;
      int granted = 0;
      for (int step = 0; step < 500; step++) {
        now += random.nextLong(HOUR);
        long bytes = 1L + random.nextInt(100);
        if (budget.take(bytes, now)) {
          granted++;
          lately.add(new Write(now, bytes));
        }
        while (!lately.isEmpty() && lately.getFirst().atMillis <= now - 24 * HOUR) {
          lately.removeFirst();
        }
        long sum = lately.stream().mapToLong(Write::bytes).sum();
        assertThat(sum).as("seed %d", seed).isLessThanOrEqualTo(1000);
      }
      assertThat(granted).as("seed %d", seed).isGreaterThan(100);
    }
  }

  @Test
  void allOfItIsThereAgainAfter25Hours() {
    WriteBudget budget = new WriteBudget(1000);
    assertThat(budget.take(1000, 5 * HOUR)).isTrue();
    assertThat(budget.take(1, 29 * HOUR)).isFalse();
    assertThat(budget.take(1000, 30 * HOUR)).isTrue();
  }

  @Test
  void clockThatGoesBackGivesNothing() {
    WriteBudget budget = new WriteBudget(1000);
    assertThat(budget.take(1000, 100 * HOUR)).isTrue();
    assertThat(budget.take(1, 3 * HOUR)).isFalse();
  }

  @Test
  void restartGoesOnAndKillCountsAdvanceAsWritten() {
    WriteBudget budget = new WriteBudget(1000);
    assertThat(budget.take(300, HOUR)).isTrue();
    assertThat(budget.mustSave()).isTrue();
    budget.save(block);
    assertThat(budget.take(10, HOUR)).isTrue();
    assertThat(budget.mustSave()).as("within the advance").isFalse();
    assertThat(budget.take(1, HOUR)).isTrue();
    assertThat(budget.mustSave()).isTrue();

    WriteBudget killed = new WriteBudget(1000);
    assertThat(killed.restore(block)).isTrue();
    assertThat(killed.spent(HOUR)).isEqualTo(310);

    budget.saveExactly(block);
    WriteBudget stopped = new WriteBudget(1000);
    assertThat(stopped.restore(block)).isTrue();
    assertThat(stopped.spent(2 * HOUR)).isEqualTo(311);
    assertThat(stopped.take(690, 2 * HOUR)).isFalse();
    assertThat(stopped.take(689, 2 * HOUR)).isTrue();
  }

  @Test
  void damagedBlockIsNotBelieved() {
    WriteBudget budget = new WriteBudget(1000);
    budget.save(block);
    block.set(ValueLayout.JAVA_BYTE, 100, (byte) 1);
    assertThat(new WriteBudget(1000).restore(block)).isFalse();
  }

  @Test
  void noLimitLeavesNoAdvanceBehind() {
    WriteBudget budget = new WriteBudget(Long.MAX_VALUE);
    assertThat(budget.take(1L << 50, HOUR)).isTrue();
    assertThat(budget.mustSave()).isFalse();
    budget.save(block);
    WriteBudget limited = new WriteBudget(1L << 51);
    assertThat(limited.restore(block)).isTrue();
    assertThat(limited.spent(HOUR)).isEqualTo(1L << 50);
  }
}
