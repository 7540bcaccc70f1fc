package io.kvasir.loadtest.sim.capacity;

/** A capacity plan, for one pair of targets or for a mix of classes. */
public sealed interface PlanReport permits CapacityReport, MixReport {
  /** The tables and what they mean, lines ended by newlines. */
  String text();

  /** The report as one JSON object; every name says its unit. */
  String json();
}
