package io.kvasir.loadtest.sim.device;

import java.util.Map;

/** How long a worker computes a step. Pure: the same load takes the same time. */
public interface StepTime {

  /** Nanoseconds that half of the steps with this load stay below; it has at least one token. */
  long nanos(StepLoad load);

  /**
   * Nanoseconds of one step among many with this load; a model that knows no spread says the same
   * for all.
   *
   * @param luck share of these steps that take less, 0 to 1
   */
  default long nanos(StepLoad load, double luck) {
    return nanos(load);
  }

  /** What it assumes, by name with unit, for reports. */
  Map<String, Object> assumptions();
}
