package io.kvasir.scheduler.request;

import org.jspecify.annotations.Nullable;

/**
 * The requests that ran and wait to be resumed, in the order in which they lost their blocks; one
 * that lost them again before it generated anything keeps its old place. A list linked through the
 * requests themselves: it allocates nothing, and a request is nearly always added at the end.
 * Confined to the scheduler loop.
 */
public final class ResumeOrder {
  private @Nullable Request first;
  private @Nullable Request last;
  private int size;

  ResumeOrder() {}

  /** Who has waited longest to be resumed; null if nobody does. */
  public @Nullable Request first() {
    return first;
  }

  /** Requests in it. */
  public int size() {
    return size;
  }

  /**
   * A request lost its blocks.
   *
   * @param since when its present stall began, nanoseconds
   */
  void add(Request request, long since) {
    RequestPlace place = request.place();
    Request before = last;
    while (before != null && since < before.place().lostNanos) {
      before = before.place().lostBefore;
    }
    Request after = before == null ? first : before.place().lostAfter;
    place.lostNanos = since;
    place.lost = true;
    place.lostBefore = before;
    place.lostAfter = after;
    if (before == null) {
      first = request;
    } else {
      before.place().lostAfter = request;
    }
    if (after == null) {
      last = request;
    } else {
      after.place().lostBefore = request;
    }
    size++;
  }

  /** Whether every request is in order and linked both ways. */
  public boolean holds() {
    int counted = 0;
    Request before = null;
    for (Request request = first; request != null; request = request.place().lostAfter) {
      RequestPlace place = request.place();
      boolean ordered = before == null || before.place().lostNanos <= place.lostNanos;
      if (!ordered || !place.lost || place.lostBefore != before) {
        return false;
      }
      before = request;
      counted++;
    }
    return before == last && counted == size;
  }

  /** A request was resumed, or left; one that is not in it stays so. */
  void remove(Request request) {
    RequestPlace place = request.place();
    if (!place.lost) {
      return;
    }
    Request before = place.lostBefore;
    Request after = place.lostAfter;
    if (before == null) {
      first = after;
    } else {
      before.place().lostAfter = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.place().lostBefore = before;
    }
    place.lost = false;
    place.lostBefore = null;
    place.lostAfter = null;
    size--;
  }
}
