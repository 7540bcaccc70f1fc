package io.kvasir.worker.step;

import io.kvasir.worker.sample.SamplingParams;
import java.util.List;

/** Chooses tokens from logits: the likeliest. */
final class TokenSampling {
  private TokenSampling() {}

  @SuppressWarnings("UnusedVariable")
  static int sample(float[] logits, int[] tokenIds, int tokenCount, SamplingParams params) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @SuppressWarnings("UnusedVariable")
  static List<TokenScore> top(float[] logits, int k) {
    return List.of();
  }
}
