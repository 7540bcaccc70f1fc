package io.kvasir.loadtest.sim.calibrate;

import io.kvasir.loadtest.sim.device.StepLoad;

/**
 * A kind of step that was measured.
 *
 * @param tokens computed
 * @param pairs of a computed token and one that it attends to
 * @param requests in the step
 * @param nanos it took
 */
record StepSample(double tokens, double pairs, double requests, double nanos) {

  static StepSample of(StepLoad load, long nanos) {
    return new StepSample(load.tokens(), load.pairs(), load.requests(), nanos);
  }

  double[] features() {
    return new double[] {1, tokens, pairs, requests};
  }
}
