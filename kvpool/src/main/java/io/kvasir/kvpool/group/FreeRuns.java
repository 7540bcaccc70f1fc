package io.kvasir.kvpool.group;

import java.util.Arrays;

/**
 * The maximal runs of free slots that are kept for nobody, ordered by length. 12 bytes per slot;
 * every operation takes a bounded number of steps, apart from marking the slots that are cut off.
 *
 * <pre>
 *   slot       0    1    2    3    4    5    6    7
 *              #    .    .    .    .    #    .    #       # taken or kept   . free
 *   mates    NONE   4    ?    ?    1  NONE   6  NONE
 *   next                           6         END          one list per size class,
 *   previous                      END        4            linked through the runs' last slots
 * </pre>
 *
 * <p>Both ends of a run name each other, so that a freed slot finds its neighbours' other ends. A
 * run is known by its last slot, because runs are cut in front, and a released request's slots come
 * back from the last to the first: neither changes the last slot. What {@code mates} says of a slot
 * inside a run is left over from earlier and never read.
 */
final class FreeRuns {
  /** Instead of a slot: there is none. */
  static final int NONE = -1;

  final int[] mates;
  final int[] next;
  final int[] previous;
  final int[] heads = new int[SizeClasses.COUNT];

  /** One bit per size class with a run. */
  final long[] filled = new long[(SizeClasses.COUNT + 63) / 64];

  int count;
  int slots;

  /** Makes one run of all slots. */
  FreeRuns(int total) {
    mates = new int[total];
    next = new int[total];
    previous = new int[total];
    Arrays.fill(mates, NONE);
    Arrays.fill(heads, NONE);
    add(0, total - 1);
  }

  /** Runs. */
  int count() {
    return count;
  }

  /** Slots in all runs. */
  int slots() {
    return slots;
  }

  /** The first slot of the run that ends with {@code last}. */
  int first(int last) {
    return mates[last];
  }

  int length(int last) {
    return last - mates[last] + 1;
  }

  /** The last slot of the run that begins behind a slot that is in none; {@link #NONE} if none. */
  int lastOfRunBehind(int slot) {
    return slot + 1 < mates.length ? mates[slot + 1] : NONE;
  }

  /**
   * The last slot of a run of at least {@code length} slots, out of the lowest class all of whose
   * runs are long enough. If that finds none, of a run out of the highest class: it is longer than
   * eight ninths of the longest one. {@link #NONE} if there is no run.
   */
  int find(int length) {
    int sizeClass = filledFrom(SizeClasses.covering(length));
    return sizeClass == NONE ? ofHighestClass() : heads[sizeClass];
  }

  /** Slots in the longest run; looks at all of the highest class. */
  int longest() {
    int longest = 0;
    for (int last = ofHighestClass(); last != NONE; last = next[last]) {
      longest = Math.max(longest, length(last));
    }
    return longest;
  }

  /** Adds slots that are in no run, merging them with their neighbours. */
  void add(int first, int last) {
    slots += last - first + 1;
    int start = first;
    if (first > 0 && mates[first - 1] != NONE) {
      start = mates[first - 1];
      unlink(first - 1, first - start);
    }
    int behind = lastOfRunBehind(last);
    if (behind == NONE) {
      setEnds(start, last);
      link(last, last - start + 1);
    } else {
      resize(behind, start);
    }
  }

  /** Cuts {@code length} slots off the front of the run that ends with {@code last}. */
  void cutFront(int last, int length) {
    int first = mates[last];
    slots -= length;
    if (length == last - first + 1) {
      unlink(last, length);
    } else {
      resize(last, first + length);
    }
    Arrays.fill(mates, first, first + length, NONE);
  }

  /** Takes one slot out of the run that ends with {@code last}. */
  void cutOut(int last, int slot) {
    int first = mates[last];
    cutFront(last, slot - first + 1);
    if (slot > first) {
      add(first, slot - 1);
    }
  }

  /** Adds a sentence for every contradiction; otherwise marks every slot that is in a run. */
  void check(Recount recount) {
    int runs = 0;
    for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
      int before = NONE;
      for (int last = heads[sizeClass]; last != NONE && runs <= count; last = next[last]) {
        runs++;
        String flaw = flaw(last, sizeClass, before);
        if (!flaw.isEmpty()) {
          recount.violation("free run that ends with %d %s".formatted(last, flaw));
          return;
        }
        recount.cover(mates[last], last);
        before = last;
      }
      boolean flagged = (filled[sizeClass >>> 6] >>> sizeClass & 1) != 0;
      if (flagged != (heads[sizeClass] != NONE)) {
        recount.violation("size class %d is flagged %s".formatted(sizeClass, flagged));
      }
    }
    recount.expect("free runs", runs, count);
    recount.expect("slots in free runs", recount.covered(), slots);
  }

  private String flaw(int last, int sizeClass, int before) {
    int first = mates[last];
    if (first == NONE || first > last || mates[first] != last) {
      return "has lost its other end";
    }
    if (SizeClasses.of(length(last)) != sizeClass) {
      return "of %d slots is in size class %d".formatted(length(last), sizeClass);
    }
    if (previous[last] != before) {
      return "follows %d in the list, not %d".formatted(before, previous[last]);
    }
    boolean merged = (first == 0 || mates[first - 1] == NONE) && lastOfRunBehind(last) == NONE;
    return merged ? "" : "is not merged with its neighbour";
  }

  /** Moves the first slot of a run. */
  private void resize(int last, int first) {
    int before = length(last);
    int length = last - first + 1;
    setEnds(first, last);
    if (SizeClasses.of(before) != SizeClasses.of(length)) {
      unlink(last, before);
      link(last, length);
    }
  }

  private void setEnds(int first, int last) {
    mates[first] = last;
    mates[last] = first;
  }

  private void link(int last, int length) {
    int sizeClass = SizeClasses.of(length);
    int head = heads[sizeClass];
    next[last] = head;
    previous[last] = NONE;
    if (head == NONE) {
      filled[sizeClass >>> 6] |= 1L << sizeClass;
    } else {
      previous[head] = last;
    }
    heads[sizeClass] = last;
    count++;
  }

  private void unlink(int last, int length) {
    int before = previous[last];
    int behind = next[last];
    if (behind != NONE) {
      previous[behind] = before;
    }
    if (before == NONE) {
      int sizeClass = SizeClasses.of(length);
      heads[sizeClass] = behind;
      if (behind == NONE) {
        filled[sizeClass >>> 6] &= ~(1L << sizeClass);
      }
    } else {
      next[before] = behind;
    }
    count--;
  }

  /** The lowest class with a run, {@code from} or higher; {@link #NONE} if there is none. */
  private int filledFrom(int from) {
    int word = from >>> 6;
    if (word == filled.length) {
      return NONE;
    }
    long bits = filled[word] & -1L << from;
    while (bits == 0) {
      if (++word == filled.length) {
        return NONE;
      }
      bits = filled[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  private int ofHighestClass() {
    for (int word = filled.length - 1; word >= 0; word--) {
      if (filled[word] != 0) {
        return heads[(word << 6) + 63 - Long.numberOfLeadingZeros(filled[word])];
      }
    }
    return NONE;
  }
}
