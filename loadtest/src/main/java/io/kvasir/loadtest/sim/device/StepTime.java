package io.kvasir.loadtest.sim.device;

import java.util.Map;

/** How long a worker computes a step. Pure: the same load takes the same time. */
public interface StepTime {

  /** Nanoseconds for a step with at least one token. */
  long nanos(StepLoad load);

  /** What it assumes, by name with unit, for reports. */
  Map<String, Object> assumptions();
}
