package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * One random life of a small group allocator: owners announce, allocate, are closed, and slots are
 * freed, before or after their owners' end, in runs or singly. A {@link BitSet} says what must be
 * free, and every claim of {@link GroupAllocator}'s Javadoc is checked where it applies.
 */
final class RandomSlotSequence {
  private static final int OPERATIONS = 60;

  /** How often each interesting case was met; a generator that misses one proves nothing. */
  static final class Coverage {
    private int grownInPlace;
    private int newRuns;
    private int splits;
    private int exhausted;
    private int freedWhileOpen;
    private int claimed;

    void requireEverything() {
      assertThat(List.of(grownInPlace, newRuns, splits, exhausted, freedWhileOpen, claimed))
          .as("grown in place, new runs, splits, exhausted, freed while open, claimed")
          .allMatch(count -> count > 1000);
    }
  }

  private final Random random;
  private final Coverage coverage;
  private final GroupSizes sizes;
  private final GroupAllocator allocator;
  private final BitSet free = new BitSet();
  private final List<Integer> given = new ArrayList<>();
  private final GroupOwner[] owners = new GroupOwner[5];
  private final int[] last = new int[owners.length];
  private String operation = "none";

  RandomSlotSequence(long seed, Coverage coverage) {
    random = new Random(seed);
    this.coverage = coverage;
    int total = 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 70);
    int initial = 1 + random.nextInt(8);
    sizes = new GroupSizes(initial, initial + random.nextInt(12));
    allocator = new GroupAllocator(total, sizes);
    free.set(0, total);
    for (int i = 0; i < owners.length; i++) {
      owners[i] = new GroupOwner();
    }
  }

  void run() {
    for (int i = random.nextInt(8); i > 0; i--) {
      claim(random.nextInt(allocator.total()));
      compare();
    }
    for (int i = 0; i < OPERATIONS; i++) {
      step(random.nextInt(owners.length));
      compare();
    }
  }

  private void step(int owner) {
    switch (random.nextInt(8)) {
      case 0 -> {
        operation = "close " + owners[owner];
        allocator.close(owners[owner]);
      }
      case 1 -> freeSome();
      case 2 -> {
        int slots = Math.min(free.cardinality(), 1 + random.nextInt(20));
        allocator.expect(owners[owner], slots);
        allocate(owner, slots);
      }
      default -> allocate(owner, Math.min(free.cardinality(), 1 + random.nextInt(6)));
    }
  }

  private void claim(int slot) {
    operation = "claim " + slot;
    if (free.get(slot)) {
      allocator.claim(slot);
      free.clear(slot);
      given.add(slot);
      coverage.claimed++;
    }
  }

  private void allocate(int owner, int slots) {
    coverage.exhausted += slots == 0 ? 1 : 0;
    for (int i = 0; i < slots; i++) {
      operation = "allocate for " + owners[owner];
      allocateOne(owner);
    }
  }

  private void allocateOne(int index) {
    GroupOwner owner = owners[index];
    AllocatorFigures before = allocator.figures();
    boolean first = owner.taken == 0;
    int tail = owner.tail();
    int announced = Math.max(0, owner.expected - owner.taken);
    int wanted = announced + sizes.growth(owner.taken);
    int behind = last[index] + 1;
    boolean canFollow =
        !first && (tail > 0 || (!free.get(last[index]) && free.get(behind) && !kept(behind)));

    int slot = allocator.allocate(owner);
    assertThat(free.get(slot)).as("slot %d is free", slot).isTrue();
    if (canFollow) {
      assertThat(slot).isEqualTo(behind);
    }
    if (tail == 0) {
      checkExtension(owner, before, wanted, canFollow);
    }
    assertThat(owner.tail()).isLessThan(Math.max(1, wanted));
    free.clear(slot);
    given.add(slot);
    last[index] = slot;
  }

  /** The owner's group was used up: does the new one have the size that is promised? */
  private void checkExtension(
      GroupOwner owner, AllocatorFigures before, int wanted, boolean inPlace) {
    int got = owner.tail() + 1;
    AllocatorFigures now = allocator.figures();
    if (inPlace) {
      coverage.grownInPlace++;
    } else if (before.freeRuns() > 0) {
      coverage.newRuns++;
      assertThat(got == wanted || 9L * got > 8L * before.largestFreeRun())
          .as("%d slots, wanted %d, longest free run %s", got, wanted, before)
          .isTrue();
    } else {
      coverage.splits++;
      long others = Arrays.stream(owners).filter(o -> o.tail() > 0).count();
      assertThat(got == wanted || 2L * got * (others + 1) >= before.keptSlots()).isTrue();
    }
    assertThat(now.splits() - before.splits()).isEqualTo(inPlace || before.freeRuns() > 0 ? 0 : 1);
    assertThat(now.allocations()).isEqualTo(before.allocations() + 1);
  }

  private boolean kept(int slot) {
    for (GroupOwner owner : owners) {
      if (owner.next <= slot && slot < owner.end) {
        return true;
      }
    }
    return false;
  }

  /** One slot, or several in the order of their allocation or the other way round. */
  private void freeSome() {
    if (given.isEmpty()) {
      return;
    }
    int at = random.nextInt(given.size());
    int count = Math.min(given.size() - at, 1 + random.nextInt(12));
    List<Integer> slots = new ArrayList<>(given.subList(at, at + count));
    given.subList(at, at + count).clear();
    operation = "free " + slots;
    for (int slot : random.nextBoolean() ? slots : slots.reversed()) {
      allocator.free(slot);
      free.set(slot);
      for (GroupOwner owner : owners) {
        coverage.freedWhileOpen += owner.start <= slot && slot < owner.next ? 1 : 0;
      }
    }
  }

  private void compare() {
    assertThat(allocator.violations()).isEmpty();
    assertThat(allocator.free()).isEqualTo(free.cardinality());
    for (int slot = 0; slot < allocator.total(); slot++) {
      if (allocator.contains(slot) != free.get(slot)) {
        fail("slot " + slot);
      }
    }
    BitSet kept = new BitSet();
    for (GroupOwner owner : owners) {
      kept.set(owner.next, owner.end);
      int bound = Math.max(sizes.initial(), Math.min(sizes.max(), owner.taken));
      if (owner.expected <= owner.taken) {
        assertThat(owner.tail()).isLessThanOrEqualTo(bound);
      }
    }
    assertThat(allocator.figures().keptSlots()).isEqualTo(kept.cardinality());
    BitSet inRuns = (BitSet) free.clone();
    inRuns.andNot(kept);
    int runs = 0;
    int longest = 0;
    for (int first = inRuns.nextSetBit(0); first >= 0; ) {
      int end = inRuns.nextClearBit(first);
      runs++;
      longest = Math.max(longest, end - first);
      first = inRuns.nextSetBit(end);
    }
    assertThat(allocator.figures().freeRuns()).isEqualTo(runs);
    assertThat(allocator.figures().largestFreeRun()).isEqualTo(longest);
  }

  @Override
  public String toString() {
    return operation;
  }
}
