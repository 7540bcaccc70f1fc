package io.kvasir.loadtest.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** Fixed seeds, so that every figure is the same in every run. */
final class RandomnessTest {
  private static final int DRAWS = 200_000;

  private record Moments(double mean, double deviation) {
    static Moments of(DoubleSupplier source) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < DRAWS; i++) {
        double value = source.getAsDouble();
        sum += value;
        squares += value * value;
      }
      double mean = sum / DRAWS;
      return new Moments(mean, Math.sqrt(squares / DRAWS - mean * mean));
    }
  }

  private final Randomness random = new Randomness(42);

  @Test
  void sequencesAreFixedForEver() {
    Randomness first = new Randomness(1);
    assertThat(first.nextLong()).isEqualTo(0xBFEF8030DDC2D772L);
    assertThat(first.nextLong()).isEqualTo(0x5F552CE482F2AA47L);
    assertThat(Randomness.named(1, "a").nextLong()).isEqualTo(0x80BDFD4D3E359A26L);
    assertThat(Randomness.named(1, "a").nextLong())
        .isNotEqualTo(Randomness.named(1, "b").nextLong());
    assertThat(Randomness.named(1, "a").nextLong())
        .isNotEqualTo(Randomness.named(2, "a").nextLong());
    assertThat(Randomness.mix(1)).isEqualTo(0x5692161D100B05E5L);
  }

  @Test
  void momentsAreThoseOfTheLaw() {
    check(random::nextDouble, 0.5, Math.sqrt(1 / 12.0), 0.01);
    check(random::exponential, 1, 1, 0.02);
    check(random::normal, 0, 1, 0.02);
    check(() -> random.gamma(4), 4, 2, 0.03);
    check(() -> random.gamma(0.25), 0.25, 0.5, 0.02);
    // A Weibull law of shape 0.5 with mean 1 has variance 5.
    check(() -> random.weibull(0.5), 1, Math.sqrt(5), 0.1);
    check(() -> random.nextInt(10), 4.5, Math.sqrt(99 / 12.0), 0.05);
  }

  @Test
  void processesHaveMeanOneAndTheirVariation() {
    check(() -> new ArrivalProcess.Poisson().unitInterval(random), 1, 1, 0.02);
    check(() -> new ArrivalProcess.Constant().unitInterval(random), 1, 0, 1e-6);
    check(() -> new ArrivalProcess.Gamma(3).unitInterval(random), 1, 3, 0.1);
    check(() -> new ArrivalProcess.Gamma(0.5).unitInterval(random), 1, 0.5, 0.02);
  }

  @Test
  void lengthsFollowTheirDistribution() {
    LengthDistribution uniform = new LengthDistribution.Uniform(3, 7);
    check(() -> uniform.sample(random), uniform.mean(), Math.sqrt(2), 0.02);
    LengthDistribution logNormal = new LengthDistribution.LogNormal(100, 0.5, 1, 100_000);
    check(() -> logNormal.sample(random), logNormal.mean(), 113.3 * 0.5329, 2);
    LengthDistribution measured =
        new LengthDistribution.Empirical(new double[] {0.5, 1}, new double[] {10, 20});
    check(() -> measured.sample(random), measured.mean(), 3.23, 0.05);
    assertThat(measured.mean()).isEqualTo(12.5);
  }

  @Test
  void gammaFunctionAgreesWithFactorials() {
    assertThat(Randomness.gammaFunction(5)).isCloseTo(24, within(1e-9));
    assertThat(Randomness.gammaFunction(1.5)).isCloseTo(Math.sqrt(Math.PI) / 2, within(1e-12));
  }

  private static void check(
      DoubleSupplier source, double mean, double deviation, double tolerance) {
    Moments moments = Moments.of(source);
    assertThat(moments.mean()).isCloseTo(mean, within(tolerance));
    assertThat(moments.deviation()).isCloseTo(deviation, within(tolerance));
  }
}
