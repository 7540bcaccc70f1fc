package io.kvasir.kvpool.group;

import java.util.List;

/**
 * Gives each owner slots out of groups: runs that are set aside for it, larger than what it asks
 * for, so that its later slots follow its earlier ones. After FastSwitch's dynamic block groups
 * (arXiv 2411.18424, section 3.1). 12 bytes and a bit per slot.
 *
 * <p>An owner whose group is used up gets, in this order:
 *
 * <ol>
 *   <li>the beginning of the free run right behind its group: the group grows in place;
 *   <li>a new group, cut off the front of a free run of the size wanted or little more; if there is
 *       none, of one of the longest;
 *   <li>under pressure, when all free slots are kept for others, the end of the longest tail: half
 *       of it, so that both owners can still grow.
 * </ol>
 *
 * <p>Wanted are the slots that the owner announced plus {@link GroupSizes#growth}. Freed slots
 * merge with the free runs on both sides. An allocation takes a bounded number of steps on average,
 * and marks each slot of a new group once.
 *
 * <h2>What bounds fragmentation</h2>
 *
 * <ul>
 *   <li><b>Nothing is refused while a slot is free.</b> A free slot is in the owner's tail, in a
 *       free run or in another's tail, and each of the three is taken from.
 *   <li><b>Little is kept.</b> When a group is made its tail is at most what was announced plus
 *       {@code max(initial, min(max, taken))}, and tails only shrink. So at most {@code max} slots
 *       are kept for an owner that has taken what it announced, and never more than the larger of
 *       {@code initial} and what it holds. They are still free: pressure gives them to others.
 *   <li><b>Runs are few while there is room.</b> An owner that takes {@code n} slots without
 *       announcing them, and finds a free run an eighth longer than wanted each time, has at most
 *       {@code 1 + k} groups, where the sizes {@code initial, initial, 2 initial, 4 initial, ..,
 *       max, max, ..} of {@code k} groups add up to less than {@code n}: {@code 2 + log2(max /
 *       initial) + n / max} runs or fewer. One that announces them has one.
 *   <li><b>Without room runs are as long as the arena allows.</b> A new group has the size wanted
 *       or more than eight ninths of the longest free run; under pressure the size wanted or half
 *       of the longest tail, which is at least the slots kept divided by the owners they are kept
 *       for.
 *   <li><b>Free runs are maximal</b>: two are always separated by a slot that is given away or
 *       kept, so there are at most one more than runs of such slots.
 * </ul>
 *
 * <p>Slots are never moved, so no allocator can promise more: one slot given away in the middle of
 * every {@code r} leaves no free run of {@code r} slots.
 */
public final class GroupAllocator implements SlotAllocator {
  private final int total;
  private final GroupSizes sizes;
  final FreeRuns runs;
  final KeptTails tails;

  /** One bit per slot: given away. Slots beyond the last count as given away. */
  final long[] given;

  private int free;
  private long allocations;
  private long runsBegun;
  private long splits;

  /** Makes {@code total >= 1} free slots; the lowest are given away first. */
  public GroupAllocator(int total, GroupSizes sizes) {
    this.total = total;
    this.sizes = sizes;
    runs = new FreeRuns(total);
    tails = new KeptTails(sizes.max());
    given = new long[(total + 63) / 64];
    if (total % 64 != 0) {
      given[given.length - 1] = -1L << total;
    }
    free = total;
  }

  @Override
  public int total() {
    return total;
  }

  @Override
  public int free() {
    return free;
  }

  @Override
  public boolean contains(int slot) {
    return (given[slot >>> 6] >>> slot & 1) == 0;
  }

  @Override
  public void expect(GroupOwner owner, int slots) {
    owner.bind(this);
    owner.expected = owner.taken + slots;
  }

  @Override
  public int groupSlots() {
    return sizes.initial();
  }

  @Override
  public boolean pressed(GroupOwner owner) {
    return owner.next == owner.end && runs.count() == 0;
  }

  @Override
  public int allocate(GroupOwner owner) {
    owner.bind(this);
    if (owner.next == owner.end) {
      extend(owner);
    }
    int slot = owner.next++;
    owner.taken++;
    give(slot);
    allocations++;
    return slot;
  }

  @Override
  public void claim(int slot) {
    if (!contains(slot) || keptSlots() > 0) {
      throw new IllegalStateException(
          contains(slot)
              ? "slot %d is claimed while %d are kept".formatted(slot, keptSlots())
              : "slot " + slot + " is given away");
    }
    runs.cutOut(lastOfRunAround(slot), slot);
    give(slot);
  }

  @Override
  public void free(int slot) {
    if (contains(slot)) {
      throw new IllegalStateException("slot " + slot + " is free already");
    }
    given[slot >>> 6] &= ~(1L << slot);
    free++;
    runs.add(slot, slot);
  }

  @Override
  public void close(GroupOwner owner) {
    int first = owner.next;
    int last = owner.end - 1;
    owner.reset(this);
    tails.remove(owner);
    if (first <= last) {
      runs.add(first, last);
    }
  }

  @Override
  public AllocatorFigures figures() {
    return new AllocatorFigures(
        allocations, runsBegun, splits, keptSlots(), runs.count(), runs.longest());
  }

  @Override
  public List<String> violations() {
    Recount recount = new Recount(total);
    runs.check(recount);
    tails.check(recount);
    int counted = 0;
    for (int slot = 0; slot < total; slot++) {
      counted += contains(slot) ? 1 : 0;
      if (contains(slot) != recount.covers(slot)) {
        recount.violation(
            "slot %d is %s"
                .formatted(slot, contains(slot) ? "free, but lost" : "given and listed"));
      }
    }
    recount.expect("free slots", counted, free);
    return recount.violations();
  }

  private int keptSlots() {
    return free - runs.slots();
  }

  private void give(int slot) {
    given[slot >>> 6] |= 1L << slot;
    free--;
  }

  /** Gives an owner whose group is used up something to go on with. */
  private void extend(GroupOwner owner) {
    int wanted = Math.max(0, owner.expected - owner.taken) + sizes.growth(owner.taken);
    // If its last slot was freed, the slot behind is nothing to grow into, but within a free run.
    boolean attached = owner.end > 0 && !contains(owner.end - 1);
    int behind = attached ? runs.lastOfRunBehind(owner.end - 1) : FreeRuns.NONE;
    if (behind != FreeRuns.NONE) {
      owner.end += cutFront(behind, wanted);
    } else if (runs.count() > 0) {
      int last = runs.find(wanted);
      int first = runs.first(last);
      open(owner, first, first + cutFront(last, wanted));
    } else if (free > 0) {
      split(owner, wanted);
    } else {
      throw new IllegalStateException("no slot of " + total + " is free");
    }
    tails.update(owner);
  }

  private int cutFront(int last, int wanted) {
    int length = Math.min(wanted, runs.length(last));
    runs.cutFront(last, length);
    return length;
  }

  private void split(GroupOwner owner, int wanted) {
    GroupOwner other = tails.longest();
    int end = other.end;
    other.end -= Math.min(wanted, (other.tail() + 1) / 2);
    tails.update(other);
    open(owner, other.end, end);
    splits++;
  }

  private void open(GroupOwner owner, int start, int end) {
    // Another's tail may have ended right behind this owner's group: then its run goes on.
    if (owner.taken == 0 || start != owner.end) {
      owner.runs++;
      runsBegun++;
    }
    owner.start = start;
    owner.next = start;
    owner.end = end;
  }

  /** Looks for the nearer end of a run in both directions, 64 slots at a time. */
  private int lastOfRunAround(int slot) {
    int low = slot >>> 6;
    int high = low;
    long before = given[low] & ~(-1L << slot);
    long behind = given[high] & -1L << slot;
    while (before == 0 && behind == 0) {
      before = --low < 0 ? Long.MIN_VALUE : given[low];
      behind = ++high == given.length ? 1 : given[high];
    }
    return behind != 0
        ? (high << 6) + Long.numberOfTrailingZeros(behind) - 1
        : runs.lastOfRunBehind((low << 6) + 63 - Long.numberOfLeadingZeros(before));
  }
}
