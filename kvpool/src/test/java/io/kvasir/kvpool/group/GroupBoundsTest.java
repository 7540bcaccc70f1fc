package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bounds of {@link GroupAllocator}'s Javadoc that a random sequence rarely comes near. */
final class GroupBoundsTest {

  /** Owners that take turns never grow in place, so every group is a run: the worst case. */
  @Test
  void runsOfAnOwnerAreFewWhileThereIsRoom() {
    for (GroupSizes sizes : new GroupSizes[] {new GroupSizes(1, 1), new GroupSizes(3, 40)}) {
      GroupAllocator slots = new GroupAllocator(20_000, sizes);
      GroupOwner[] owners = {new GroupOwner(), new GroupOwner(), new GroupOwner()};
      for (int taken = 1; taken <= 2000; taken++) {
        for (GroupOwner owner : owners) {
          slots.allocate(owner);
          assertThat(owner.runs()).isLessThanOrEqualTo(groups(sizes, taken));
        }
      }
      double closedForm = 2 + Math.log((double) sizes.max() / sizes.initial()) / Math.log(2);
      assertThat(groups(sizes, 2000))
          .isLessThanOrEqualTo((int) (closedForm + 2000.0 / sizes.max()));
      assertThat(slots.figures().splits()).isZero();
      assertThat(slots.violations()).isEmpty();
    }
  }

  @Test
  void announcedSlotsAreOneRun() {
    Random random = new Random(11);
    GroupAllocator slots = new GroupAllocator(100_000, new GroupSizes(2, 8));
    for (int i = 0; i < 200; i++) {
      GroupOwner owner = new GroupOwner();
      int announced = 1 + random.nextInt(300);
      slots.expect(owner, announced);
      for (int j = 0; j < announced; j++) {
        slots.allocate(owner);
      }
      assertThat(owner.runs()).isEqualTo(1);
      assertThat(owner.tail()).isEqualTo(2);
    }
  }

  /**
   * Every free slot is in somebody's tail, and one newcomer takes them all, half a tail at a time.
   */
  @Test
  void nothingIsRefusedWhileASlotIsKept() {
    GroupAllocator slots = new GroupAllocator(1000, new GroupSizes(20, 20));
    for (int i = 0; i < 50; i++) {
      slots.allocate(new GroupOwner());
    }
    assertThat(slots.figures().keptSlots()).isEqualTo(950);
    GroupOwner newcomer = new GroupOwner();
    for (int i = 0; i < 950; i++) {
      AllocatorFigures before = slots.figures();
      int runs = newcomer.runs();
      slots.allocate(newcomer);
      if (newcomer.runs() > runs) {
        int got = newcomer.tail() + 1;
        assertThat(2 * got).isGreaterThanOrEqualTo(Math.ceilDiv(before.keptSlots(), 50));
      }
    }
    assertThat(slots.free()).isZero();
    assertThat(slots.violations()).isEmpty();
    // 50 tails of 19 yield runs of 10, 5, 2, 1 and 1.
    assertThat(newcomer.runs()).isLessThanOrEqualTo(250);
  }

  /** No two free runs touch, so they are at most one more than the runs of other slots. */
  @Test
  void freeRunsAreSeparatedBySlotsGivenAway() {
    GroupAllocator slots = new GroupAllocator(999, GroupSizes.DEFAULT);
    GroupOwner owner = new GroupOwner();
    slots.expect(owner, 999);
    for (int i = 0; i < 999; i++) {
      slots.allocate(owner);
    }
    slots.close(owner);
    for (int slot = 0; slot < 999; slot += 2) {
      slots.free(slot);
    }
    assertThat(slots.figures().freeRuns()).isEqualTo(500);
    for (int slot = 1; slot < 999; slot += 2) {
      slots.free(slot);
    }
    assertThat(slots.figures().freeRuns()).isEqualTo(1);
    assertThat(slots.figures().largestFreeRun()).isEqualTo(999);
  }

  /** Groups whose sizes add up to {@code taken} slots or more. */
  private static int groups(GroupSizes sizes, int taken) {
    int groups = 0;
    for (int sum = 0; sum < taken; sum += sizes.growth(sum)) {
      groups++;
    }
    return groups;
  }
}
