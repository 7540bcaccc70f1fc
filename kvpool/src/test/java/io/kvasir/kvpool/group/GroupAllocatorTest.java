package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GroupAllocatorTest {
  private final GroupAllocator slots = new GroupAllocator(32, new GroupSizes(4, 8));
  private final GroupOwner a = new GroupOwner();
  private final GroupOwner b = new GroupOwner();
  private final GroupOwner c = new GroupOwner();

  @AfterEach
  void integrity() {
    assertThat(slots.violations()).isEmpty();
  }

  @Test
  void ownersThatTakeTurnsStayContiguous() {
    List<Integer> ofA = new ArrayList<>();
    List<Integer> ofB = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ofA.add(slots.allocate(a));
      ofB.add(slots.allocate(b));
    }
    assertThat(ofA).containsExactly(0, 1, 2, 3);
    assertThat(ofB).containsExactly(4, 5, 6, 7);
    assertThat(a.runs()).isEqualTo(1);
    assertThat(slots.figures().meanRunLength()).isEqualTo(4);
  }

  @Test
  void groupGrowsInPlaceIfItCan() {
    assertThat(allocate(a, 4)).containsExactly(0, 1, 2, 3);
    assertThat(allocate(a, 1)).containsExactly(4);
    assertThat(a).hasToString("[0, 5, 8)");
    assertThat(a.runs()).isEqualTo(1);
  }

  @Test
  void groupsGrowWithTheirOwnerUpToABound() {
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      slots.allocate(a);
      if (ends.isEmpty() || ends.getLast() != a.end) {
        ends.add(a.end);
      }
    }
    assertThat(ends).containsExactly(4, 8, 16, 24, 32);
  }

  @Test
  void otherwiseANewGroupIsBegun() {
    allocate(a, 4);
    allocate(b, 1);
    assertThat(allocate(a, 2)).containsExactly(8, 9);
    assertThat(a.runs()).isEqualTo(2);
    assertThat(a.allocations()).isEqualTo(6);
    assertThat(slots.figures()).isEqualTo(new AllocatorFigures(7, 3, 0, 3 + 2, 1, 20));
  }

  @Test
  void newGroupComesFromTheSmallestRunThatIsLongEnough() {
    // Free runs: 2 to 7, 9 to 12 and 14 to 31.
    claim(0, 1, 8, 13);
    assertThat(allocate(a, 1)).containsExactly(9);
    assertThat(allocate(b, 1)).containsExactly(2);
    assertThat(a).hasToString("[9, 10, 13)");
  }

  @Test
  void shortRunsAreGivenIfThereIsNoneLongEnough() {
    for (int slot = 0; slot < 32; slot += slot == 9 ? 4 : 3) {
      slots.claim(slot);
    }
    // Free runs of two, and of three behind slot 9.
    assertThat(allocate(a, 4)).startsWith(10, 11, 12);
    assertThat(a.runs()).isEqualTo(2);
  }

  @Test
  void whatWasAnnouncedIsOnePiece() {
    claim(20);
    slots.expect(a, 11);
    assertThat(allocate(a, 11)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(a).hasToString("[0, 11, 15)");
    assertThat(allocate(b, 1)).containsExactly(15);
  }

  @Test
  void underPressureHalfOfTheLongestTailIsSplitOff() {
    slots.expect(a, 28);
    allocate(a, 26);
    // All 32 slots are a's group, six of them not used yet.
    assertThat(slots.free()).isEqualTo(6);
    assertThat(allocate(b, 1)).containsExactly(29);
    assertThat(a).hasToString("[0, 26, 29)");
    assertThat(b).hasToString("[29, 30, 32)");
    assertThat(allocate(c, 2)).containsExactly(27, 28);
    assertThat(allocate(a, 1)).containsExactly(26);
    assertThat(allocate(c, 1)).containsExactly(31);
    assertThat(allocate(a, 1)).containsExactly(30);
    assertThat(slots.free()).isZero();
    assertThat(slots.figures().splits()).isEqualTo(4);
  }

  @Test
  void exhaustionIsAnError() {
    slots.expect(a, 32);
    allocate(a, 32);
    assertThatThrownBy(() -> slots.allocate(b))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no slot of 32 is free");
    slots.free(7);
    assertThat(slots.allocate(b)).isEqualTo(7);
  }

  @Test
  void neighboursMerge() {
    slots.expect(a, 32);
    allocate(a, 32);
    slots.close(a);
    for (int slot : new int[] {3, 5, 8, 4, 7, 6}) {
      slots.free(slot);
    }
    assertThat(slots.figures().freeRuns()).isEqualTo(1);
    assertThat(slots.figures().largestFreeRun()).isEqualTo(6);
    slots.free(10);
    assertThat(slots.figures().freeRuns()).isEqualTo(2);
  }

  @Test
  void closingGivesTheTailBack() {
    allocate(a, 1);
    allocate(b, 1);
    slots.close(a);
    slots.close(a);
    assertThat(slots.figures().keptSlots()).isEqualTo(3);
    assertThat(slots.figures().freeRuns()).isEqualTo(2);
    slots.free(0);
    slots.close(b);
    slots.free(4);
    assertThat(slots.figures().freeRuns()).isEqualTo(1);
    assertThat(slots.figures().largestFreeRun()).isEqualTo(32);
    assertThat(allocate(a, 1)).containsExactly(0);
  }

  @Test
  void lastSlotFreedWhileItsOwnerIsOpen() {
    allocate(a, 4);
    slots.free(3);
    assertThat(slots.figures().largestFreeRun()).isEqualTo(29);
    assertThat(allocate(a, 1)).containsExactly(3);
    slots.free(2);
    slots.free(3);
    assertThat(slots.violations()).isEmpty();
  }

  @Test
  void slotsAreClaimedInAnyOrder() {
    GroupAllocator large = new GroupAllocator(640, GroupSizes.DEFAULT);
    for (int slot = 639; slot > 320; slot -= 2) {
      large.claim(slot);
    }
    for (int slot = 1; slot <= 320; slot += 2) {
      large.claim(slot);
      assertThat(large.violations()).isEmpty();
    }
    assertThat(large.free()).isEqualTo(320);
    assertThat(large.figures().largestFreeRun()).isEqualTo(1);
    assertThat(large.contains(320)).isTrue();
    assertThat(large.contains(321)).isFalse();
  }

  @Test
  void misuseIsRefused() {
    allocate(a, 1);
    assertThatThrownBy(() -> slots.claim(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("slot 0 is given away");
    assertThatThrownBy(() -> slots.claim(31))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("slot 31 is claimed while 3 are kept");
    assertThatThrownBy(() -> slots.free(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("slot 1 is free already");
    SlotAllocator other = new NaiveAllocator(4);
    assertThatThrownBy(() -> other.allocate(a))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the owner holds slots of another allocator");
    assertThatThrownBy(() -> other.close(a)).isInstanceOf(IllegalStateException.class);
    slots.close(a);
    assertThat(other.allocate(a)).isZero();
  }

  @Test
  void sizesHaveBounds() {
    assertThatThrownBy(() -> new GroupSizes(0, 4))
        .hasMessage("group sizes must be 1 <= initial <= max <= 4096, are initial 0 and max 4")
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GroupSizes(5, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GroupSizes(5, 4097)).isInstanceOf(IllegalArgumentException.class);
  }

  private void claim(int... claimed) {
    for (int slot : claimed) {
      slots.claim(slot);
    }
  }

  private List<Integer> allocate(GroupOwner owner, int count) {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(slots.allocate(owner));
    }
    return taken;
  }
}
