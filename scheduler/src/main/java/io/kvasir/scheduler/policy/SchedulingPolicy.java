package io.kvasir.scheduler.policy;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RunningOrder;
import io.kvasir.scheduler.request.WaitingQueue;

/**
 * Decides who is served: who of the waiting is admitted next, in which order the running ones get
 * the tokens of a step, who of them loses its blocks first, and whether one gives way to a waiting
 * one. The planner decides nothing of that and everything else.
 *
 * <p><b>The head and room.</b> The head of the queue keeps its claim: while it finds no room,
 * others may pass it {@link #passes} times in its life and no more, and never if it was preempted;
 * then every block that becomes free is kept for it, and it is admitted when those that run have
 * ended at the latest. So a request that needs much memory neither stops everybody at once nor
 * waits for ever.
 *
 * <p>Deterministic: no clocks, no threads, no randomness but from a configured seed. Confined to
 * the scheduler loop.
 */
public interface SchedulingPolicy extends RunningOrder {

  /** Its name in configuration and metrics. */
  String name();

  /** The queue it keeps; always the same. */
  WaitingQueue waiting();

  /** A worker is connected; from now on prefixes are looked up in its cache. */
  default void connected(PrefixProbe prefixes) {}

  /**
   * A step is about to be planned. Ranks of running requests are asked for afterwards.
   *
   * @param step steps planned before, since the worker connected
   * @param now nanoseconds
   * @param nanosPerToken what computing one prompt token takes; NaN while unknown
   */
  default void stepBegins(long step, long now, double nanosPerToken) {}

  /**
   * Whether a running request may be preempted so that the head of the queue gets its place. Never
   * true in both directions for the same two requests without service in between.
   */
  default boolean givesWay(Request running, Request head, long now) {
    return false;
  }

  /** Whether one that gives way does so where the head lacks no memory, but a place. */
  default boolean givesPlace(Request running, Request head) {
    return true;
  }

  /**
   * Whether a running request may lose its blocks in place of one that comes after it in the order,
   * if that costs less. No by default: where the order is a promise, the last goes first.
   */
  default boolean interchangeable(Request earlier, Request later) {
    return false;
  }

  /**
   * Whether one that was preempted too often, or has waited too long since, comes before this
   * policy's own order, see docs/adr/0012-preemption.md. No where that order bounds the wait itself
   * or is all that is promised.
   */
  default boolean putsResumesFirst() {
    return true;
  }

  /**
   * The group of a running request or of the head: lower ones come first, whatever is due when, and
   * those of a group behind another one leave half of a step's prompt tokens to newcomers, see
   * docs/adr/0014-plans-just-in-time.md. All alike by default.
   */
  default int group(Request request) {
    return 0;
  }

  /**
   * Whether a request leaves room in a step for newcomers that are expected, though maybe none is
   * there: its prompt as if it were of a later group, its stream by decoding every second step at
   * least. No by default.
   */
  default boolean leavesRoom(Request request) {
    return false;
  }

  /** How many others may pass a waiting head that finds no room. */
  default int passes() {
    return 0;
  }
}
