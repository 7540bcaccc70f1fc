package io.kvasir.loadtest.sim.event;

/**
 * The loop of a discrete-event simulation. All events of one moment happen first, then the actor
 * takes its turn: just as the scheduler loop drains its commands before it plans. Confined to one
 * thread.
 */
public final class Simulation {

  /** Who decides, once per moment at which something happened. */
  @FunctionalInterface
  public interface Actor {

    /** Everything that happens at {@code now} has happened. */
    void turn(long now);
  }

  private final SimClock clock = new SimClock();
  private final EventQueue events = new EventQueue();
  private boolean stopped;

  public SimClock clock() {
    return clock;
  }

  /** Lets an event happen at a time that is not past. */
  public void at(long nanos, SimEvent event) {
    if (nanos < clock.getAsLong()) {
      throw new IllegalArgumentException(nanos + " is past, it is " + clock.getAsLong());
    }
    events.add(nanos, event);
  }

  /** Ends the run after this moment. */
  public void stop() {
    stopped = true;
  }

  /** Runs until nothing is left to happen, or until it is stopped. */
  public void run(Actor actor) {
    while (!events.isEmpty() && !stopped) {
      long now = events.nextNanos();
      clock.advance(now);
      while (events.nextNanos() == now) {
        events.take().happen(now);
      }
      actor.turn(now);
    }
  }
}
