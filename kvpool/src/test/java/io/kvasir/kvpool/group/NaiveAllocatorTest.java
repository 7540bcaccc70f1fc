package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class NaiveAllocatorTest {
  private final NaiveAllocator slots = new NaiveAllocator(4);
  private final GroupOwner owner = new GroupOwner();

  @Test
  void slotFreedLastIsGivenFirst() {
    assertThat(slots.allocate(owner)).isZero();
    assertThat(slots.allocate(owner)).isEqualTo(1);
    slots.free(0);
    slots.claim(3);
    assertThat(slots.allocate(owner)).isZero();
    assertThat(slots.contains(2)).isTrue();
    assertThat(slots.contains(3)).isFalse();
    assertThat(slots.free()).isEqualTo(1);
    assertThat(slots.violations()).isEmpty();
    assertThat(slots.figures()).isEqualTo(new AllocatorFigures(3, 2, 0, 0, 1, 1));
    assertThat(owner.runs()).isEqualTo(2);
    assertThat(owner.allocations()).isEqualTo(3);
    slots.close(owner);
    assertThat(owner.allocations()).isZero();
  }

  @Test
  void misuseIsRefused() {
    for (int i = 0; i < 4; i++) {
      slots.allocate(owner);
    }
    assertThatThrownBy(() -> slots.allocate(owner))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no slot of 4 is free");
    assertThatThrownBy(() -> slots.claim(1)).isInstanceOf(IllegalStateException.class);
    slots.free(1);
    assertThatThrownBy(() -> slots.free(1)).isInstanceOf(IllegalStateException.class);
  }
}
