package io.kvasir.loadtest.sim.event;

/** Something that happens at a moment of virtual time. May be queued again and again. */
@FunctionalInterface
public interface SimEvent {

  /** It happens now, nanoseconds. */
  void happen(long now);
}
