package io.kvasir.loadtest.sim.engine;

import io.kvasir.loadtest.sim.event.Simulation;
import io.kvasir.loadtest.workload.Arrival;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Sends arrivals. Under {@link SessionPacing#AFTER_ANSWER} a turn waits for the end of the turn
 * before it and then for the time that the workload puts between the two. Confined to one thread.
 */
final class Sessions {

  private static final class Session {
    /** Turns that the workload has sent and the session has not. */
    final ArrayDeque<Arrival> later = new ArrayDeque<>();

    long lastOffsetNanos;
    long lastEndNanos;
    boolean answering;
  }

  private final Simulation simulation;
  private final boolean closed;
  private final BiConsumer<Arrival, Long> sender;
  private final Map<String, Session> sessions = new HashMap<>();
  private int held;

  Sessions(Simulation simulation, SessionPacing pacing, BiConsumer<Arrival, Long> sender) {
    this.simulation = simulation;
    this.closed = pacing == SessionPacing.AFTER_ANSWER;
    this.sender = sender;
  }

  /** Turns that were not sent yet. */
  int held() {
    return held;
  }

  /** The workload means to send this now. */
  void arrived(Arrival arrival, long now) {
    if (!closed || arrival.session().isEmpty()) {
      sender.accept(arrival, now);
      return;
    }
    Session session = sessions.get(arrival.session());
    if (session == null) {
      session = new Session();
      sessions.put(arrival.session(), session);
      send(session, arrival, now);
      return;
    }
    session.later.add(arrival);
    held++;
    if (!session.answering && session.later.size() == 1) {
      sendNext(session, arrival);
    }
  }

  private void send(Session session, Arrival arrival, long now) {
    session.answering = true;
    session.lastOffsetNanos = arrival.offsetNanos();
    sender.accept(arrival, now);
  }

  /** A request of a session has ended. */
  void answered(String name, long now) {
    Session session = closed ? sessions.get(name) : null;
    if (session == null) {
      return;
    }
    session.answering = false;
    session.lastEndNanos = now;
    Arrival next = session.later.peek();
    if (next != null) {
      sendNext(session, next);
    }
  }

  /* Turns are sent no earlier than the workload means to, so this is never past. */
  private void sendNext(Session session, Arrival next) {
    long thinkNanos = next.offsetNanos() - session.lastOffsetNanos;
    simulation.at(
        session.lastEndNanos + thinkNanos,
        at -> {
          held--;
          send(session, session.later.remove(), at);
        });
  }
}
