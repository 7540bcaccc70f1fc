package io.kvasir.offload.store.arena;

import java.util.Arrays;

/**
 * Which slot of which device each slot of a {@link StripedStore} lies in. All methods are
 * synchronized. There are as many slots as all devices have together, so a place is always free for
 * a slot that has none.
 */
final class StripePlacement {
  private static final int NOWHERE = -1;

  private final int[] device;
  private final int[] deviceSlot;
  private final int[][] free;
  private final int[] freeCount;
  private int turn;

  StripePlacement(int[] slotCounts) {
    int slots = Math.toIntExact(Arrays.stream(slotCounts).asLongStream().sum());
    device = new int[slots];
    deviceSlot = new int[slots];
    Arrays.fill(device, NOWHERE);
    free = new int[slotCounts.length][];
    freeCount = slotCounts.clone();
    for (int d = 0; d < slotCounts.length; d++) {
      free[d] = new int[slotCounts[d]];
      for (int i = 0; i < slotCounts[d]; i++) {
        free[d][i] = slotCounts[d] - 1 - i;
      }
    }
  }

  int slotCount() {
    return device.length;
  }

  /** Device of a slot; negative if it has no place. */
  synchronized int device(int slot) {
    return device[slot];
  }

  synchronized int deviceSlot(int slot) {
    return deviceSlot[slot];
  }

  /** Takes a slot's place from it. */
  synchronized void release(int slot) {
    int d = device[slot];
    if (d != NOWHERE) {
      free[d][freeCount[d]++] = deviceSlot[slot];
      device[slot] = NOWHERE;
    }
  }

  /** The device whose turn it is to take a short run. */
  synchronized int nextDevice() {
    turn = (turn + 1) % free.length;
    return turn;
  }

  /** Gives a slot without a place one on the device that is wished, or on the next with room. */
  synchronized void place(int slot, int wish) {
    for (int i = 0; i < free.length; i++) {
      int d = (wish + i) % free.length;
      if (freeCount[d] > 0) {
        device[slot] = d;
        deviceSlot[slot] = free[d][--freeCount[d]];
        return;
      }
    }
    throw new IllegalStateException("every slot has a place, but slot " + slot + " finds none");
  }
}
