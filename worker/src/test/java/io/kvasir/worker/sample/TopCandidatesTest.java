package io.kvasir.worker.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.worker.step.TokenScore;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopCandidatesTest {
  @Test
  void areTheLikeliestInOrderWithTheLowestIdFirst() {
    long seed = 8;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      float[] logits = new float[1 + random.nextInt(60)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextInt(12);
      }
      int count = random.nextInt(20);
      List<Integer> expected =
          IntStream.range(0, logits.length)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]).thenComparing(i -> i))
              .limit(count)
              .toList();
      assertThat(TopCandidates.of(logits, count).stream().map(TokenScore::tokenId))
          .as("seed %d round %d", seed, round)
          .isEqualTo(expected);
    }
  }

  @Test
  void logprobsAreExactWhereNaiveExponentialsOverflow() {
    float[] logits = {1000f, 1000f, 1000f - (float) Math.log(2), Float.NEGATIVE_INFINITY};
    List<TokenScore> scores = TopCandidates.of(logits, 3);
    assertThat((double) scores.get(0).logprob()).isCloseTo(Math.log(0.4), within(1e-4));
    assertThat((double) scores.get(2).logprob()).isCloseTo(Math.log(0.2), within(1e-4));
    assertThat(scores.get(2).logit()).isEqualTo(logits[2]);
  }

  @Test
  void noneAreComputedWhenNoneAreWanted() {
    assertThat(TopCandidates.of(new float[] {1f}, 0)).isEmpty();
  }
}
