package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks one fact at a time: each break must be noticed. */
final class GroupIntegrityTest {
  private final GroupAllocator slots = new GroupAllocator(32, new GroupSizes(4, 8));
  private final GroupOwner first = new GroupOwner();
  private final GroupOwner second = new GroupOwner();

  /** first [0 given, 1 to 3 kept], second [4 given, 5 to 7 kept], free 8, 10 to 11 and 13 to 31. */
  @BeforeEach
  void fill() {
    slots.claim(9);
    slots.claim(12);
    slots.free(9);
    slots.claim(9);
    slots.allocate(first);
    slots.allocate(second);
    assertThat(slots.violations()).isEmpty();
  }

  @Test
  void givenSlotThatIsListed() {
    breaks(a -> a.given[0] |= 1L << 10, "slot 10 is given and listed", "free slots");
  }

  @Test
  void freeSlotThatIsLost() {
    breaks(a -> a.given[0] &= ~(1L << 9), "slot 9 is free, but lost", "free slots");
  }

  @Test
  void runThatLostItsOtherEnd() {
    breaks(a -> a.runs.mates[31] = 14, "free run that ends with 31 has lost its other end");
  }

  @Test
  void runInTheWrongClass() {
    breaks(
        a -> {
          a.runs.mates[31] = 30;
          a.runs.mates[30] = 31;
        },
        "free run that ends with 31 of 2 slots is in size class");
  }

  @Test
  void runNotMerged() {
    breaks(a -> a.runs.mates[first(a) - 1] = 0, "is not merged with its neighbour");
  }

  @Test
  void brokenListOfRuns() {
    breaks(a -> a.runs.previous[31] = 3, "follows -1 in the list, not 3");
  }

  @Test
  void wrongFlag() {
    breaks(a -> a.runs.filled[1] |= 1L << 8, "size class 72 is flagged true");
  }

  @Test
  void wrongCounts() {
    breaks(a -> a.runs.count++, "free runs: counted");
    slots.runs.count--;
    breaks(a -> a.runs.slots++, "slots in free runs: counted");
  }

  @Test
  void tailThatBelongsToTwo() {
    breaks(
        a -> {
          second.start = 3;
          second.next = 3;
          second.end = 7;
        },
        "slot 3 is listed twice");
  }

  @Test
  void tailThatIsLongerThanItsList() {
    breaks(a -> second.end = 10, "owner [4, 5, 10) in the list of tails of 4");
  }

  @Test
  void brokenListOfTails() {
    breaks(a -> first.list = 2, "the list of tails of 4 is broken at [0, 1, 4)");
  }

  @Test
  void tailBeyondTheArena() {
    breaks(
        a -> {
          first.next = 30;
          first.end = 33;
        },
        "slots 30 to 32 leave the arena");
  }

  private static int first(GroupAllocator allocator) {
    return allocator.runs.first(31);
  }

  private void breaks(Consumer<GroupAllocator> damage, String... parts) {
    damage.accept(slots);
    String found = String.join("\n", slots.violations());
    assertThat(found).contains(parts);
  }
}
