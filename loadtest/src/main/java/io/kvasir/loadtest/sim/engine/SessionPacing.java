package io.kvasir.loadtest.sim.engine;

/** When the next turn of a session is sent. */
public enum SessionPacing {
  /** At its own time, whatever became of the turn before: as the live driver does. */
  OPEN,
  /** When the turn before has ended and the time between the two has passed since: think time. */
  AFTER_ANSWER
}
