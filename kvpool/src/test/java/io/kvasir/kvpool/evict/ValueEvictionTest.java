package io.kvasir.kvpool.evict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ValueEvictionTest {
  private static final double DOUBLE_COST = 8;

  @Test
  void ofEqualAgesTheShortSequenceGoes() {
    EvictionPolicy value = new ValueEviction(4, DOUBLE_COST);
    value.add(0, 24);
    value.add(1, 24);
    value.add(2, 1);
    value.advance(10);
    assertThat(value.pollVictim()).isEqualTo(2);
    assertThat(value.pollVictim()).isZero();
    assertThat(value.pollVictim()).isEqualTo(1);
  }

  @Test
  void longSequenceGrowsOlderInProportionToItsCost() {
    // cost(24) = 4, cost(1) = 1: it goes when it is four times as old.
    for (int age = 35; age <= 45; age++) {
      EvictionPolicy value = new ValueEviction(2, DOUBLE_COST);
      value.add(0, 24);
      value.advance(age - 10);
      value.add(1, 1);
      value.advance(age - 1);
      assertThat(value.pollVictim()).as("age %d", age).isEqualTo(age > 40 ? 0 : 1);
    }
  }

  @Test
  void upToTwiceTheLeastValueIsSoon() {
    EvictionPolicy value = new ValueEviction(3, DOUBLE_COST);
    value.add(0, 1);
    value.advance(5);
    value.add(1, 1);
    value.advance(6);
    value.add(2, 1);
    value.advance(9);
    assertThat(List.of(0, 1)).allMatch(value::isSoonVictim);
    assertThat(value.isSoonVictim(2)).isFalse();
  }

  @Test
  void removedBlockIsNoVictim() {
    EvictionPolicy value = new ValueEviction(2, DOUBLE_COST);
    value.add(0);
    value.add(1);
    value.remove(0);
    assertThat(value.contains(0)).isFalse();
    assertThat(value.size()).isEqualTo(1);
    assertThat(value.pollVictim()).isEqualTo(1);
    assertThatThrownBy(value::pollVictim)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no block is evictable");
  }

  @Test
  void callersMistakesAreNamed() {
    EvictionPolicy value = new ValueEviction(2, DOUBLE_COST);
    value.advance(3);
    assertThatThrownBy(() -> value.advance(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time 2 is before 3");
    assertThatThrownBy(() -> new ValueEviction(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("doubleCostBlocks must be above 0, is 0.0");
  }

  @Test
  void agreesWithSorting() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      EvictionPolicy value = new ValueEviction(16, DOUBLE_COST);
      List<Entry> naive = new ArrayList<>();
      long now = 0;
      for (int step = 0; step < 200; step++) {
        int block = random.nextInt(16);
        if (random.nextInt(3) == 0) {
          now += random.nextInt(20);
          value.advance(now);
        }
        if (random.nextInt(4) == 0 && !naive.isEmpty()) {
          assertThat(value.pollVictim())
              .as("seed %d, step %d", seed, step)
              .isEqualTo(poll(naive, now));
        } else if (value.contains(block)) {
          value.remove(block);
          naive.removeIf(entry -> entry.block == block);
        } else {
          int reach = 1 + random.nextInt(1 << random.nextInt(13));
          value.add(block, reach);
          naive.add(new Entry(block, cost(reach), now));
        }
        assertThat(value.size()).isEqualTo(naive.size());
      }
    }
  }

  private record Entry(int block, double cost, long usedAt) {
    double value(long now) {
      return cost / (now - usedAt + 1);
    }
  }

  /** The sort is stable, so the one added first is first among equals. */
  private static int poll(List<Entry> entries, long now) {
    Entry victim =
        entries.stream()
            .sorted(
                Comparator.<Entry>comparingDouble(e -> e.value(now))
                    .thenComparingDouble(Entry::cost))
            .findFirst()
            .orElseThrow();
    entries.remove(victim);
    return victim.block;
  }

  /** The largest step of the square root of two that is not above the exact cost. */
  private static double cost(int reach) {
    int steps = 0;
    while (steps < 15 && Math.pow(2, (steps + 1) / 2.0) <= 1 + reach / DOUBLE_COST + 1e-9) {
      steps++;
    }
    return Math.pow(2, steps / 2.0);
  }
}
