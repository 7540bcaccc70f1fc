package io.kvasir.kvpool.group;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What an integrity check has counted and found wrong so far. */
final class Recount {
  private final int total;
  private final BitSet covered = new BitSet();
  private final List<String> violations = new ArrayList<>();

  Recount(int total) {
    this.total = total;
  }

  /** Counts slots that a structure lists as free; none may be listed twice. */
  void cover(int first, int last) {
    if (first < 0 || last >= total) {
      violation("slots %d to %d leave the arena".formatted(first, last));
    } else if (first <= last) {
      int twice = covered.nextSetBit(first);
      if (twice >= 0 && twice <= last) {
        violation("slot %d is listed twice".formatted(twice));
      }
      covered.set(first, last + 1);
    }
  }

  /** Slots counted so far. */
  int covered() {
    return covered.cardinality();
  }

  boolean covers(int slot) {
    return covered.get(slot);
  }

  void expect(String what, int expected, int actual) {
    if (expected != actual) {
      violation("%s: counted %d, recorded %d".formatted(what, expected, actual));
    }
  }

  void violation(String sentence) {
    violations.add(sentence);
  }

  List<String> violations() {
    return List.copyOf(violations);
  }
}
