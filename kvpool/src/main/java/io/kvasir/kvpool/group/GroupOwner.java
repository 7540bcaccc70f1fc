package io.kvasir.kvpool.group;

import org.jspecify.annotations.Nullable;

/**
 * A handle for somebody whose slots shall lie together: a request's block table, or a batch of
 * copies. It is bound to an allocator from its first allocation until it is closed; then it can be
 * used again. It does not list the slots that were allocated; its holder does.
 *
 * <pre>
 *     start            next             end
 *       | slots given    | tail: kept     |
 *       v to the owner   v for its growth v
 *   ----[################................)----
 *        the open group
 * </pre>
 *
 * <p>Changed by its allocator only; confined to that one's thread.
 */
public final class GroupOwner {
  /** Whose slots these are; null while the owner holds none. */
  @Nullable SlotAllocator allocator;

  /** First slot of the open group. */
  int start;

  /** First slot of the tail: the next to be given to the owner. */
  int next;

  /** First slot behind the open group. */
  int end;

  /** Slots that the owner allocated since it was closed last. */
  int taken;

  /** Runs that these slots form. */
  int runs;

  /** The value of {@link #taken} up to which the holder announced to allocate. */
  int expected;

  /** The list of {@link KeptTails} that the owner is in, or {@link KeptTails#UNLISTED}. */
  int list = KeptTails.UNLISTED;

  @Nullable GroupOwner previousListed;
  @Nullable GroupOwner nextListed;

  /** Slots allocated since the owner was closed last, freed ones included. */
  public int allocations() {
    return taken;
  }

  /** Runs that these slots form. */
  public int runs() {
    return runs;
  }

  int tail() {
    return end - next;
  }

  /** Binds the owner to an allocator, unless it is bound to another. */
  @SuppressWarnings("ReferenceEquality") // An allocator is nobody but itself.
  void bind(SlotAllocator to) {
    if (allocator == null) {
      allocator = to;
    } else if (allocator != to) {
      throw new IllegalStateException("the owner holds slots of another allocator");
    }
  }

  /** Forgets everything, if the owner is that allocator's or nobody's. */
  void reset(SlotAllocator by) {
    bind(by);
    allocator = null;
    start = 0;
    next = 0;
    end = 0;
    taken = 0;
    runs = 0;
    expected = 0;
  }

  @Override
  public String toString() {
    return "[%d, %d, %d)".formatted(start, next, end);
  }
}
