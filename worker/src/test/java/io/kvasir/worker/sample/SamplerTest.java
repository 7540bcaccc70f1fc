package io.kvasir.worker.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final int[] NO_TOKENS = {};

  private static SamplingParams params(float temperature, int topK, float topP, float minP) {
    return new SamplingParams(temperature, topK, topP, minP, 1f, 42);
  }

  private static float[] randomLogits(Random random, int size) {
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      // Coarse steps, so that ties occur.
      logits[i] = random.nextInt(-20, 20) / 4f;
    }
    return logits;
  }

  private static int greedy(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  void greedyTakesTheLowestOfEqualIds() {
    float[] logits = {1f, 3f, -2f, 3f, 0f};
    assertThat(new Sampler(5).sample(logits, NO_TOKENS, 0, SamplingParams.GREEDY)).isEqualTo(1);
  }

  @Test
  void topKOneTinyTopPAndMinPOneAreGreedy() {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int size = 1 + random.nextInt(50);
      float[] logits = randomLogits(random, size);
      Sampler sampler = new Sampler(size);
      int expected = greedy(logits);
      String name = "seed " + seed + " round " + round;
      assertThat(sampler.sample(logits, NO_TOKENS, round, params(2f, 1, 1f, 0f)))
          .as(name)
          .isEqualTo(expected);
      assertThat(sampler.sample(logits, NO_TOKENS, round, params(2f, 0, 1e-9f, 0f)))
          .as(name)
          .isEqualTo(expected);
      assertThat(sampler.sample(logits, NO_TOKENS, round, params(1e-30f, 5, 1f, 0f)))
          .as(name)
          .matches(id -> logits[id] == logits[expected]);
      assertThat(sampler.sample(logits, NO_TOKENS, round, params(1f, 0, 1f, 1f)))
          .as(name)
          .matches(id -> logits[id] == logits[expected]);
    }
  }

  @Test
  void drawsAgreeWithTheReferenceDistribution() {
    long seed = 5;
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int size = 2 + random.nextInt(30);
      float[] logits = randomLogits(random, size);
      float temperature = 0.3f + random.nextFloat() * 2f;
      int topK = random.nextInt(4) == 0 ? 0 : random.nextInt(size + 3);
      float topP = random.nextInt(3) == 0 ? 1f : 0.05f + 0.95f * random.nextFloat();
      float minP = random.nextInt(2) == 0 ? 0f : random.nextFloat() * 0.5f;
      float penalty = random.nextInt(2) == 0 ? 1f : 0.5f + random.nextFloat() * 2;
      SamplingParams params =
          new SamplingParams(temperature, topK, topP, minP, penalty, random.nextLong());
      int draws = 4000;
      int[] tokens = new int[draws];
      int history = 1 + random.nextInt(3);
      for (int i = 0; i < draws; i++) {
        tokens[i] = i % Math.min(history, size);
      }
      double[] expected = ReferenceDistribution.of(logits, tokens, params);
      Sampler sampler = new Sampler(size);
      int[] seen = new int[size];
      for (int position = 3; position < draws; position++) {
        seen[sampler.sample(logits, tokens, position, params)]++;
      }
      String name = "seed " + seed + " round " + round + " " + params;
      assertChiSquare(name, seen, expected, draws - 3);
    }
  }

  /** Fails beyond five standard deviations of the statistic. */
  private static void assertChiSquare(String name, int[] seen, double[] expected, int draws) {
    double statistic = 0;
    int cells = 0;
    double rareExpected = 0;
    int rareSeen = 0;
    for (int id = 0; id < seen.length; id++) {
      double mean = expected[id] * draws;
      if (mean == 0) {
        assertThat(seen[id]).as("%s: id %d was cut", name, id).isZero();
      } else if (mean < 5) {
        rareExpected += mean;
        rareSeen += seen[id];
      } else {
        statistic += (seen[id] - mean) * (seen[id] - mean) / mean;
        cells++;
      }
    }
    if (rareExpected > 0) {
      assertThat(Math.abs(rareSeen - rareExpected))
          .as(name)
          .isLessThanOrEqualTo(5 * Math.sqrt(rareExpected) + 5);
    }
    assertThat(statistic).as(name).isLessThanOrEqualTo(cells + 5 * Math.sqrt(2.0 * cells) + 5);
  }

  @Test
  void theDrawDependsOnSeedAndPositionOnly() {
    Random random = new Random(3);
    float[] logits = randomLogits(random, 100);
    SamplingParams params = new SamplingParams(1.5f, 40, 0.95f, 0.01f, 1.2f, 99);
    Sampler fresh = new Sampler(100);
    Sampler used = new Sampler(100);
    int[] tokens = random.ints(64, 0, 100).toArray();
    for (int position = 1; position < 64; position++) {
      // Another request in between must not matter, nor the tokens' spare room.
      used.sample(randomLogits(random, 100), tokens, 7, params(1f, 3, 0.5f, 0.1f));
      int[] exact = Arrays.copyOf(tokens, position);
      assertThat(used.sample(logits, tokens, position, params))
          .isEqualTo(fresh.sample(logits, exact, position, params));
    }
  }

  @Test
  void neighbouringSeedsAndPositionsAreUnrelated() {
    int[] buckets = new int[256];
    int draws = 64 * 4096;
    for (int seed = 0; seed < 64; seed++) {
      for (int position = 0; position < 4096; position++) {
        int high = (int) (CounterRandom.nextDouble(seed, position) * 16);
        int next = (int) (CounterRandom.nextDouble(seed, position + 1) * 16);
        buckets[high * 16 + next]++;
      }
    }
    double[] uniform = new double[256];
    Arrays.fill(uniform, 1.0 / 256);
    assertChiSquare("pairs", buckets, uniform, draws);
  }

  @Test
  void maskedTokensAreNeverDrawnAndLogitsStayUntouched() {
    float masked = Float.NEGATIVE_INFINITY;
    float[] logits = {masked, 0f, masked, 0.5f};
    float[] before = logits.clone();
    Sampler sampler = new Sampler(4);
    for (int position = 0; position < 200; position++) {
      assertThat(sampler.sample(logits, NO_TOKENS, 0, params(100f, 0, 1f, 0f))).isIn(1, 3);
      assertThat(sampler.sample(logits, NO_TOKENS, 0, params(100f, 4, 1f, 0f))).isIn(1, 3);
      assertThat(sampler.sample(logits, NO_TOKENS, 0, params(100f, 0, 0.999f, 0f))).isIn(1, 3);
    }
    assertThat(logits).isEqualTo(before);
  }

  @Test
  void brokenLogitsFailInsteadOfAnswering() {
    Sampler sampler = new Sampler(3);
    float[][] broken = {
      {0f, Float.NaN, 1f},
      {Float.NaN, Float.NaN, Float.NaN},
      {0f, Float.POSITIVE_INFINITY, 0f},
      {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}
    };
    for (float[] logits : broken) {
      assertThatThrownBy(() -> sampler.sample(logits, NO_TOKENS, 0, SamplingParams.GREEDY))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> sampler.sample(logits, NO_TOKENS, 0, params(1f, 2, 0.5f, 0f)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> TopCandidates.of(logits, 1))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
