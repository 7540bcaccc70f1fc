package io.kvasir.kvpool.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Owners come, announce, grow, take from each other and go; after a warm-up without garbage. */
final class GroupGarbageTest {
  private static final int OWNERS = 8;
  private static final int ROUNDS = 2000;

  private final GroupAllocator slots = new GroupAllocator(500, new GroupSizes(8, 32));
  private final GroupOwner[] owners = new GroupOwner[OWNERS];
  private final int[][] taken = new int[OWNERS][128];
  private int turn;

  @Test
  void steadyStateAllocatesNoObjects() {
    for (int i = 0; i < OWNERS; i++) {
      owners[i] = new GroupOwner();
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    run();
    // The compiler may still replace code during the first measurement: three tries.
    long bytes = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 3 && bytes > 0; attempt++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      run();
      bytes = thread.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(bytes).isZero();
    assertThat(slots.figures().splits()).isPositive();
    assertThat(slots.violations()).isEmpty();
  }

  private void run() {
    for (int round = 0; round < ROUNDS; round++) {
      turn++;
      int index = turn * 7 % OWNERS;
      GroupOwner owner = owners[index];
      int held = owner.allocations();
      int wanted = Math.min(slots.free(), 1 + turn % 40);
      if (held + wanted > taken[index].length || wanted == 0) {
        slots.close(owner);
        for (int i = held - 1; i >= 0; i--) {
          slots.free(taken[index][i]);
        }
      } else {
        slots.expect(owner, wanted);
        for (int i = 0; i < wanted; i++) {
          taken[index][held + i] = slots.allocate(owner);
        }
      }
    }
  }
}
