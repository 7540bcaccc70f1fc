package io.kvasir.scheduler.request;

import java.util.ArrayList;
import java.util.List;

/**
 * The worker's slots. A slot is FREE, USED by one running request, or RETIRED: its request is over
 * or preempted, and the worker is told so by the next plan, which may use it again. Confined to the
 * scheduler loop.
 */
public final class Slots {
  private static final int[] NONE = {};

  private enum State {
    FREE,
    USED,
    RETIRED
  }

  private final State[] states;
  private final int[] free;
  private int freeCount;
  private final int[] retired;
  private int retiredCount;

  /** Makes slots 0 to {@code count} - 1, all free. */
  public Slots(int count) {
    states = new State[count];
    free = new int[count];
    retired = new int[count];
    for (int i = 0; i < count; i++) {
      states[i] = State.FREE;
      free[i] = count - 1 - i;
    }
    freeCount = count;
  }

  public int count() {
    return states.length;
  }

  public int freeCount() {
    return freeCount;
  }

  public int retiredCount() {
    return retiredCount;
  }

  /** Takes a free slot; there must be one. */
  public int acquire() {
    int slot = free[--freeCount];
    states[slot] = State.USED;
    return slot;
  }

  /** The request of a used slot is gone. */
  public void retire(int slot) {
    if (states[slot] != State.USED) {
      throw new IllegalStateException("slot " + slot + " is " + states[slot] + ", not USED");
    }
    states[slot] = State.RETIRED;
    retired[retiredCount++] = slot;
  }

  /**
   * Retires every free slot again, because the plan that told the worker to release them failed and
   * the worker may not have done so.
   */
  public void retireFree() {
    while (freeCount > 0) {
      int slot = free[--freeCount];
      states[slot] = State.RETIRED;
      retired[retiredCount++] = slot;
    }
  }

  /** The retired slots, for a plan; they are free from now on. */
  public int[] takeRetired() {
    if (retiredCount == 0) {
      return NONE;
    }
    int[] taken = new int[retiredCount];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = retired[i];
      states[taken[i]] = State.FREE;
      free[freeCount++] = taken[i];
    }
    retiredCount = 0;
    return taken;
  }

  /** One sentence per contradiction; empty if there is none. */
  public List<String> violations(RequestQueue running) {
    List<String> violations = new ArrayList<>();
    boolean[] seen = new boolean[states.length];
    for (int i = 0; i < running.size(); i++) {
      int slot = running.get(i).slot();
      if (slot < 0 || slot >= states.length || seen[slot] || states[slot] != State.USED) {
        violations.add("slot of a running request is foreign, shared or unused: " + running.get(i));
      } else {
        seen[slot] = true;
      }
    }
    if (running.size() + freeCount + retiredCount != states.length) {
      violations.add(
          "slots: %d used + %d free + %d retired != %d"
              .formatted(running.size(), freeCount, retiredCount, states.length));
    }
    return violations;
  }
}
