package io.kvasir.loadtest.sim.metrics;

import java.util.List;

/**
 * The state at regular intervals. Lists of equal length.
 *
 * @param seconds when
 * @param running requests with blocks
 * @param waiting requests without
 * @param kvShare share of the device arena's blocks that requests hold
 */
public record SimTimeline(
    List<Double> seconds, List<Integer> running, List<Integer> waiting, List<Double> kvShare) {
  /** Keeps the lists unmodifiable. */
  public SimTimeline {
    seconds = List.copyOf(seconds);
    running = List.copyOf(running);
    waiting = List.copyOf(waiting);
    kvShare = List.copyOf(kvShare);
  }
}
