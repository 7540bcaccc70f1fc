package io.kvasir.offload.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlabSpaceTest {
  @Test
  void classesWasteAnEighthAtMost() {
    SlabSpace space = new SlabSpace(4000, 2052, 513, false);
    for (int pages = 1; pages <= 513; pages++) {
      int classPages = space.classPages(pages);
      assertThat(classPages).isBetween(pages, Math.min(513, pages + pages / 8 + 1));
      assertThat(space.classPages(classPages)).isEqualTo(classPages);
    }
    assertThat(space.classPages(513)).isEqualTo(513);
  }

  @Test
  void oneClassGivesEverySlotRoomWhateverItsSize() {
    SlabSpace space = new SlabSpace(30, 12, 3, true);
    Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      assertThat(space.take(space.classPages(1 + random.nextInt(3)), 1)).isPresent();
    }
    assertThat(space.take(3, 1)).isEmpty();
    assertThat(space.takeLarger(3)).isEmpty();
  }

  @Test
  void runsLieSideBySide() {
    SlabSpace space = new SlabSpace(64, 32, 4, true);
    assertThat(space.take(4, 8)).hasValue(0);
    assertThat(space.take(4, 5)).hasValue(32);
    assertThat(space.take(4, 4)).isEmpty();
    assertThat(space.take(4, 3)).hasValue(52);
    space.free(8);
    space.free(12);
    assertThat(space.take(4, 2)).hasValue(8);
  }

  @Test
  void emptySlabServesAnotherClass() {
    SlabSpace space = new SlabSpace(32, 32, 16, false);
    assertThat(space.take(2, 16)).hasValue(0);
    assertThat(space.take(16, 1)).isEmpty();
    for (int page = 0; page < 32; page += 2) {
      space.free(page);
    }
    assertThat(space.take(16, 2)).hasValue(0);
    space.free(16);
    assertThatThrownBy(() -> space.free(16)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void smallOnesGoIntoLargerWhenTheirOwnAreTaken() {
    SlabSpace space = new SlabSpace(32, 16, 8, false);
    assertThat(space.take(8, 1)).hasValue(0);
    assertThat(space.take(3, 5)).hasValue(16);
    assertThat(space.take(3, 1)).isEmpty();
    assertThat(space.takeLarger(3)).hasValue(8);
    assertThat(space.classAt(8)).isEqualTo(8);
  }

  @Test
  void claimTakesOnlyWhatCanBeAnExtent() {
    SlabSpace space = new SlabSpace(40, 16, 8, false);
    assertThat(space.claim(16, 8)).isTrue();
    assertThat(space.claim(16, 8)).isFalse();
    assertThat(space.claim(24, 4)).as("another class in that slab").isFalse();
    assertThat(space.claim(3, 2)).as("not a multiple").isFalse();
    assertThat(space.claim(-8, 8)).isFalse();
    assertThat(space.claim(40, 8)).isFalse();
    assertThat(space.claim(32, 9)).isFalse();
    assertThat(space.claim(32, 8)).isTrue();
    assertThat(space.take(8, 1)).hasValue(24);
  }

  @Test
  void neverGivesPageTwice() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      int maxPages = 1 + random.nextInt(20);
      int slabPages = maxPages * (1 + random.nextInt(6));
      int total = slabPages * (1 + random.nextInt(6)) + maxPages * random.nextInt(3);
      SlabSpace space = new SlabSpace(total, slabPages, maxPages, random.nextInt(3) == 0);
      BitSet taken = new BitSet();
      NavigableMap<Integer, Integer> extents = new TreeMap<>();
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(3) == 0 && !extents.isEmpty()) {
          int page =
              Objects.requireNonNull(extents.ceilingKey(random.nextInt(extents.lastKey() + 1)));
          int size = Objects.requireNonNull(extents.remove(page));
          taken.clear(page, page + size);
          space.free(page);
        } else {
          take(space, random, maxPages, total, taken, extents, "seed " + seed);
        }
      }
      extents.keySet().forEach(space::free);
      assertThat(space.take(maxPages, slabPages / maxPages)).as("seed %d", seed).isPresent();
    }
  }

  private static void take(
      SlabSpace space,
      Random random,
      int maxPages,
      int total,
      BitSet taken,
      NavigableMap<Integer, Integer> extents,
      String what) {
    int classPages = space.classPages(1 + random.nextInt(maxPages));
    int count = 1 + random.nextInt(space.longestRun(classPages));
    OptionalInt first = space.take(classPages, count);
    if (first.isEmpty()) {
      count = 1;
      first = space.takeLarger(classPages);
    }
    if (first.isPresent()) {
      int size = space.classAt(first.getAsInt());
      assertThat(size).as(what).isGreaterThanOrEqualTo(classPages);
      for (int i = 0; i < count; i++) {
        int page = first.getAsInt() + i * size;
        assertThat(page + size).as(what).isLessThanOrEqualTo(total);
        assertThat(taken.nextSetBit(page))
            .as(what)
            .satisfiesAnyOf(
                next -> assertThat(next).isNegative(),
                next -> assertThat(next).isGreaterThanOrEqualTo(page + size));
        taken.set(page, page + size);
        extents.put(page, size);
      }
    }
  }
}
