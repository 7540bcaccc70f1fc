package io.kvasir.loadtest.sim.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void stepsThatWereHeldUpDoNotMoveTheFit() {
    SplittableRandom random = new SplittableRandom(1);
    List<StepSample> samples = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      int tokens = 1 + random.nextInt(100);
      double nanos = (1e6 + 4e5 * tokens) * (0.98 + 0.04 * random.nextDouble());
      // A third of them takes up to ten times as long.
      double heldUp = i % 3 == 0 ? 1 + 9 * random.nextDouble() : 1;
      samples.add(new StepSample(tokens, 1, 1, nanos * heldUp));
    }
    double[] factors = Calibration.factors(samples);
    assertThat(factors[0] + factors[2] + factors[3]).isCloseTo(1e6, within(2e5));
    assertThat(factors[1]).isCloseTo(4e5, within(2e4));
  }
}
