package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PrefixIndexTest {
  private static final int ENTRIES = 24;

  private record Key(long hi, long lo) {}

  static List<Supplier<PrefixIndex>> implementations() {
    return List.of(NaivePrefixIndex::new, () -> new OpenPrefixIndex(ENTRIES));
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void findsWhatWasPutUntilItIsRemoved(Supplier<PrefixIndex> supplier) {
    PrefixIndex index = supplier.get();
    assertThat(index.find(1, 2)).isEqualTo(PrefixIndex.ABSENT);
    assertThat(index.putIfAbsent(1, 2, 0)).isEqualTo(PrefixIndex.ABSENT);
    assertThat(index.putIfAbsent(1, 3, 7)).isEqualTo(PrefixIndex.ABSENT);
    assertThat(index.putIfAbsent(9, 2, 8)).isEqualTo(PrefixIndex.ABSENT);
    assertThat(index.find(1, 2)).isZero();
    assertThat(index.find(1, 3)).isEqualTo(7);
    assertThat(index.find(9, 2)).isEqualTo(8);
    assertThat(index.putIfAbsent(1, 3, 5)).isEqualTo(7);
    assertThat(index.find(1, 3)).isEqualTo(7);
    index.remove(1, 2);
    assertThat(index.find(1, 2)).isEqualTo(PrefixIndex.ABSENT);
    assertThat(index.find(9, 2)).isEqualTo(8);
    assertThat(index.size()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void misuseIsRefused(Supplier<PrefixIndex> supplier) {
    PrefixIndex index = supplier.get();
    index.putIfAbsent(1, 2, 3);
    assertThatThrownBy(() -> index.remove(1, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is not registered");
    assertThat(index.find(1, 2)).isEqualTo(3);
    assertThat(index.size()).isEqualTo(1);
  }

  @Test
  void openIndexHasALimit() {
    PrefixIndex index = new OpenPrefixIndex(2);
    index.putIfAbsent(0, 1, 0);
    index.putIfAbsent(0, 2, 1);
    assertThatThrownBy(() -> index.putIfAbsent(0, 3, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the index is full: 2 hashes");
    assertThatThrownBy(() -> new OpenPrefixIndex(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new OpenPrefixIndex((1 << 28) + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Few home slots and a full table: long runs that wrap around, and holes in the middle. */
  @Test
  void openIndexAgreesWithTheNaiveOne() {
    for (int seed = 0; seed < 300; seed++) {
      agree(seed);
    }
  }

  private static void agree(int seed) {
    Random random = new Random(seed);
    PrefixIndex open = new OpenPrefixIndex(ENTRIES);
    PrefixIndex naive = new NaivePrefixIndex();
    int homes = 1 + random.nextInt(64);
    List<Key> absent = new ArrayList<>();
    for (int i = 0; i < 3 * ENTRIES; i++) {
      // Distinct in the high half; homes cluster at the end of the table, so that runs wrap.
      absent.add(new Key(i, -1 - random.nextInt(homes)));
    }
    List<Key> all = List.copyOf(absent);
    List<Key> present = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      boolean put = present.isEmpty() || (present.size() < ENTRIES && random.nextInt(5) < 3);
      List<Key> source = put ? absent : present;
      Collections.swap(source, random.nextInt(source.size()), source.size() - 1);
      Key key = source.removeLast();
      (put ? present : absent).add(key);
      if (put) {
        open.putIfAbsent(key.hi, key.lo, step);
        naive.putIfAbsent(key.hi, key.lo, step);
      } else {
        open.remove(key.hi, key.lo);
        naive.remove(key.hi, key.lo);
      }
      assertThat(open.size()).isEqualTo(naive.size());
      for (Key any : all) {
        if (open.find(any.hi, any.lo) != naive.find(any.hi, any.lo)) {
          assertThat(open.find(any.hi, any.lo))
              .as("seed %d, step %d, %s", seed, step, any)
              .isEqualTo(naive.find(any.hi, any.lo));
        }
      }
    }
  }
}
