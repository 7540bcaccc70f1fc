package io.kvasir.worker.link;

import java.util.EnumSet;
import java.util.Set;

/** What a worker's link to its scheduler is doing. */
public enum LinkState {
  /** Opens a stream and says hello. Welcome → SERVING, lost or refused for now → WAITING. */
  CONNECTING,
  /** Executes step plans. Stream is of no more use → LEAVING. */
  SERVING,
  /** Takes no more plans; finishes the step it is in. Done → WAITING. */
  LEAVING,
  /** Holds no request; waits before it tries again. Time is up → CONNECTING. */
  WAITING,
  /** Over: closed by its owner, or refused for good, from any state. Terminal. */
  CLOSED;

  /**
   * The next state.
   *
   * @throws IllegalStateException if no transition leads there
   */
  public LinkState to(LinkState next) {
    Set<LinkState> legal =
        switch (this) {
          case CONNECTING -> EnumSet.of(SERVING, WAITING, CLOSED);
          case SERVING -> EnumSet.of(LEAVING, CLOSED);
          case LEAVING -> EnumSet.of(WAITING, CLOSED);
          case WAITING -> EnumSet.of(CONNECTING, CLOSED);
          case CLOSED -> EnumSet.noneOf(LinkState.class);
        };
    if (!legal.contains(next)) {
      throw new IllegalStateException("worker link: " + this + " -> " + next);
    }
    return next;
  }
}
