package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.group.GroupOwner;
import io.kvasir.kvpool.group.SlotAllocator;
import java.util.Random;

/**
 * Owners that come, take half of their slots at once and the others one by one, in turns, and go.
 * The same sequence for every allocator.
 */
final class SlotChurn {
  private static final int OWNERS = 72;
  private static final int LONGEST = 400;
  private static final int DRAWS = 4096;

  private final SlotAllocator slots;
  private final GroupOwner[] owners = new GroupOwner[OWNERS];
  private final int[][] tables = new int[OWNERS][LONGEST];
  private final int[] held = new int[OWNERS];
  private final int[] targets = new int[OWNERS];
  private final int[] turns = new int[DRAWS];
  private final int[] lengths = new int[DRAWS];
  private int turn;
  private int arrivals;
  private long runs;

  SlotChurn(SlotAllocator slots) {
    this.slots = slots;
    Random random = new Random(1);
    for (int i = 0; i < DRAWS; i++) {
      turns[i] = random.nextInt(OWNERS);
      lengths[i] = 2 + random.nextInt(LONGEST - 2);
    }
    for (int i = 0; i < OWNERS; i++) {
      owners[i] = new GroupOwner();
    }
  }

  /** Runs of the owners that are gone. */
  long runs() {
    return runs;
  }

  /** Takes {@code count} slots for one owner and gives them back. */
  int allocateFree(int count) {
    take(0, count);
    replace(0);
    return slots.free();
  }

  /** One owner's turn; answers how many slots it took. */
  int step() {
    turn = (turn + 1) % DRAWS;
    int index = turns[turn];
    if (held[index] == targets[index]) {
      replace(index);
    }
    int count = held[index] == 0 ? targets[index] / 2 : 1;
    if (count > slots.free()) {
      replace((index + 1) % OWNERS);
      return 0;
    }
    take(index, count);
    return count;
  }

  private void take(int index, int count) {
    slots.expect(owners[index], count);
    for (int i = 0; i < count; i++) {
      tables[index][held[index]++] = slots.allocate(owners[index]);
    }
  }

  private void replace(int index) {
    runs += owners[index].runs();
    slots.close(owners[index]);
    for (int i = held[index] - 1; i >= 0; i--) {
      slots.free(tables[index][i]);
    }
    held[index] = 0;
    arrivals = (arrivals + 1) % DRAWS;
    targets[index] = lengths[arrivals];
  }
}
