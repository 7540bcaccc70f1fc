package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SizeClassesTest {

  @Test
  void classesAreOrderedAndNarrow() {
    for (int length = 1; length < 100_000; length++) {
      check(length);
    }
    for (int length = Integer.MAX_VALUE; length > Integer.MAX_VALUE - 1000; length--) {
      check(length);
    }
  }

  @Test
  void pictureIsRight() {
    assertThat(SizeClasses.of(1)).isEqualTo(1);
    assertThat(SizeClasses.of(15)).isEqualTo(15);
    assertThat(SizeClasses.of(16)).isEqualTo(16);
    assertThat(SizeClasses.of(31)).isEqualTo(23);
    assertThat(SizeClasses.of(32)).isEqualTo(24);
    assertThat(SizeClasses.of(63)).isEqualTo(31);
    assertThat(SizeClasses.of(64)).isEqualTo(32);
    assertThat(SizeClasses.COUNT).isEqualTo(232);
  }

  @Test
  void longestLengthIsCoveredByNoClass() {
    assertThat(SizeClasses.covering(Integer.MAX_VALUE)).isEqualTo(SizeClasses.COUNT);
  }

  private static void check(int length) {
    int sizeClass = SizeClasses.of(length);
    int shortest = SizeClasses.shortest(sizeClass);
    assertThat(shortest).isLessThanOrEqualTo(length);
    assertThat(9L * shortest).isGreaterThan(8L * length);
    assertThat(SizeClasses.of(shortest)).isEqualTo(sizeClass);
    if (length > 1) {
      assertThat(SizeClasses.of(length - 1)).isIn(sizeClass, sizeClass - 1);
    }
    int covering = SizeClasses.covering(length);
    assertThat(covering).isIn(sizeClass, sizeClass + 1);
    assertThat(covering == sizeClass).isEqualTo(shortest == length);
  }
}
