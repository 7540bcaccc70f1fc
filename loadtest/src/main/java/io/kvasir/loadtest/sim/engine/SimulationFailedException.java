package io.kvasir.loadtest.sim.engine;

/** A simulated scheduler broke an invariant or stopped making progress; the message says how. */
public final class SimulationFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SimulationFailedException(String message) {
    super(message);
  }
}
