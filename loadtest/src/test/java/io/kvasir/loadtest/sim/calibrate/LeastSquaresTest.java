package io.kvasir.loadtest.sim.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LeastSquaresTest {

  @Test
  void factorsAreFoundAgain() {
    double[][] features = new double[60][];
    double[] values = new double[60];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < values.length; i++) {
      double tokens = 1 + random.nextInt(500);
      features[i] = new double[] {1, tokens, tokens * (1 + random.nextInt(1000)), 3};
      values[i] = 5e4 + 900 * tokens + 2.5 * features[i][2];
    }
    double[] factors = LeastSquares.fit(features, values, ones(60));
    // The constant and the last feature cannot be told apart; together they are what they are.
    assertThat(factors[0] + 3 * factors[3]).isCloseTo(5e4, offset(1.0));
    assertThat(factors[1]).isCloseTo(900, offset(1e-3));
    assertThat(factors[2]).isCloseTo(2.5, offset(1e-6));
  }

  @Test
  void noFactorIsNegative() {
    double[][] features = {{1, 1}, {1, 2}, {1, 3}, {1, 4}};
    double[] factors = LeastSquares.fit(features, new double[] {8, 6, 4, 2}, ones(4));
    assertThat(factors[1]).isZero();
    assertThat(factors[0]).isBetween(2.0, 8.0);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
