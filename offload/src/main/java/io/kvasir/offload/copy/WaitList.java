package io.kvasir.offload.copy;

import org.jspecify.annotations.Nullable;

/** A queue, oldest first, from whose middle one can be removed at once. Guarded as its queue is. */
final class WaitList {
  /** Whether those in it need staging memory to begin. */
  final boolean staged;

  private @Nullable Waiting first;
  private @Nullable Waiting last;

  WaitList(boolean staged) {
    this.staged = staged;
  }

  @Nullable Waiting first() {
    return first;
  }

  void add(Waiting waiting) {
    waiting.previous = last;
    waiting.next = null;
    if (last == null) {
      first = waiting;
    } else {
      last.next = waiting;
    }
    last = waiting;
  }

  void remove(Waiting waiting) {
    Waiting before = waiting.previous;
    Waiting after = waiting.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    waiting.previous = null;
    waiting.next = null;
  }
}
