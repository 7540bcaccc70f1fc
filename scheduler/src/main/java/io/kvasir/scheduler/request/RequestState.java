package io.kvasir.scheduler.request;

import java.util.Map;
import java.util.Set;

/** Where a request is. The table of legal moves is {@link #PREDECESSORS}. */
public enum RequestState {
  /**
   * Accepted, never scheduled; holds no blocks and no slot.
   *
   * <ul>
   *   <li>admitted by the planner → {@link #RUNNING}
   *   <li>abort, deadline, no worker → {@link #FINISHED}
   * </ul>
   */
  WAITING,
  /**
   * Holds blocks and a slot; steps advance it.
   *
   * <ul>
   *   <li>blocks run out, or the worker is lost → {@link #PREEMPTED}
   *   <li>stop, length, abort, deadline, failed step → {@link #FINISHED}
   * </ul>
   */
  RUNNING,
  /**
   * Ran before; keeps its tokens and its place, holds no blocks and no slot. What the tiers keep of
   * its KV is loaded when it is admitted, the rest is computed again.
   *
   * <ul>
   *   <li>admitted by the planner → {@link #RUNNING}
   *   <li>its last sample in flight arrives and ends it, abort, deadline, no worker → {@link
   *       #FINISHED}
   * </ul>
   */
  PREEMPTED,
  /** Its terminal event was delivered. Terminal. */
  FINISHED;

  private static final Map<RequestState, Set<RequestState>> PREDECESSORS =
      Map.of(
          WAITING, Set.of(),
          RUNNING, Set.of(WAITING, PREEMPTED),
          PREEMPTED, Set.of(RUNNING),
          FINISHED, Set.of(WAITING, RUNNING, PREEMPTED));

  /** Whether a request in this state may move to {@code next}. */
  public boolean mayBecome(RequestState next) {
    return PREDECESSORS.getOrDefault(next, Set.of()).contains(this);
  }
}
