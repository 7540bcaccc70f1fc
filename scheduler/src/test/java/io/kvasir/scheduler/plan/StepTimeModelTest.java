package io.kvasir.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class StepTimeModelTest {
  private static final double FIXED = 2e6;
  private static final double PER_TOKEN = 3e4;
  private static final double PER_CONTEXT = 12;

  private final StepTimeModel model = new StepTimeModel();
  private final SplittableRandom random = new SplittableRandom(11);

  private static double truth(long tokens, long context) {
    return FIXED + PER_TOKEN * tokens + PER_CONTEXT * context;
  }

  private void learn(int steps, double noise) {
    for (int i = 0; i < steps; i++) {
      long tokens = 1L + random.nextInt(512);
      long context = tokens * random.nextInt(4000);
      double nanos = truth(tokens, context) * (1 + noise * (random.nextDouble() - 0.5));
      model.observe(tokens, context, Math.round(nanos));
    }
  }

  private static Offset<Double> percent(double of, double percent) {
    return within(of * percent / 100);
  }

  @Test
  void knowsNothingAtFirst() {
    assertThat(model.known()).isFalse();
    assertThat(model.errorKnown()).isFalse();
    assertThat(model.predict(100, 1000)).isZero();
    assertThat(model.tokensWithin(1, 0, 77)).isEqualTo(77);
  }

  @Test
  void findsTheThreeCosts() {
    learn(300, 0);
    assertThat(model.fixedNanos()).isCloseTo(FIXED, percent(FIXED, 1));
    assertThat(model.nanosPerToken()).isCloseTo(PER_TOKEN, percent(PER_TOKEN, 1));
    assertThat(model.nanosPerContext()).isCloseTo(PER_CONTEXT, percent(PER_CONTEXT, 1));
    assertThat(model.relativeError()).isLessThan(0.001);
  }

  @Test
  void errorsCountOnceTheFirstStepsTaughtSomething() {
    // One step does not tell the three costs apart: the next is far off.
    model.observe(512, 512, Math.round(truth(512, 512)));
    assertThat(Math.abs(model.predict(1, 1) - truth(1, 1)) / truth(1, 1)).isGreaterThan(1);
    model.observe(1, 1, Math.round(truth(1, 1)));
    learn(6, 0);
    assertThat(model.errorKnown()).isFalse();
    assertThat(model.relativeError()).isZero();
    learn(1, 0);
    assertThat(model.errorKnown()).isTrue();
    assertThat(model.relativeError()).isLessThan(0.01);
  }

  @Test
  void theFirstErrorsWeighAlike() {
    for (int i = 0; i < 8; i++) {
      model.observe(64, 64_000, 5_000_000);
    }
    model.observe(64, 64_000, 10_000_000);
    assertThat(model.relativeError()).isCloseTo(0.5, within(1e-3));
    double second = Math.abs(model.predict(64, 64_000) - 5e6) / 5e6;
    model.observe(64, 64_000, 5_000_000);
    assertThat(model.relativeError()).isCloseTo((0.5 + second) / 2, within(1e-3));
  }

  @Test
  void bearsNoise() {
    learn(2000, 0.4);
    assertThat(model.predict(256, 256 * 1000)).isCloseTo(truth(256, 256_000), percent(1e7, 5));
    assertThat(model.relativeError()).isBetween(0.02, 0.2);
  }

  @Test
  void followsAMachineThatBecomesSlower() {
    learn(500, 0);
    for (int i = 0; i < 1500; i++) {
      long tokens = 1L + random.nextInt(512);
      long context = tokens * random.nextInt(4000);
      model.observe(tokens, context, Math.round(2 * truth(tokens, context)));
    }
    assertThat(model.predict(100, 10_000)).isCloseTo(2 * truth(100, 10_000), percent(1e7, 3));
  }

  @Test
  void predictsStepsThatAreAllAlike() {
    for (int i = 0; i < 10_000; i++) {
      model.observe(64, 64_000, 5_000_000);
    }
    assertThat(model.predict(64, 64_000)).isCloseTo(5e6, percent(5e6, 0.1));
    assertThat(model.fixedNanos()).isNotNegative();
    assertThat(model.nanosPerToken()).isNotNegative();
    assertThat(model.nanosPerContext()).isNotNegative();
  }

  @Test
  void isNeverNegative() {
    // The more tokens the faster: no sum of costs explains that.
    for (int i = 0; i < 1000; i++) {
      long tokens = 1L + random.nextInt(100);
      model.observe(tokens, tokens * tokens, 10_000_000 - 50_000 * tokens);
      assertThat(model.fixedNanos()).isNotNegative();
      assertThat(model.nanosPerToken()).isNotNegative();
      assertThat(model.nanosPerContext()).isNotNegative();
    }
  }

  @Test
  void tellsHowManyTokensFitIntoATime() {
    learn(500, 0);
    for (int i = 0; i < 100; i++) {
      long start = random.nextInt(8000);
      int tokens = 1 + random.nextInt(2000);
      double nanos =
          model.predict(tokens, StepTimeModel.context(start, tokens)) - model.fixedNanos();
      assertThat(model.tokensWithin(nanos, start, 5000)).isBetween(tokens - 1, tokens);
    }
    assertThat(model.tokensWithin(-1, 0, 100)).isZero();
    assertThat(model.tokensWithin(1e15, 0, 100)).isEqualTo(100);
  }

  @Test
  void stepsThatSayNothingAreLeftOut() {
    model.observe(0, 0, 1000);
    model.observe(10, 10, 0);
    assertThat(model.known()).isFalse();
  }
}
