package io.kvasir.worker.sample;

import io.kvasir.worker.step.TokenScore;
import java.util.List;

/** The likeliest next tokens with their log probabilities at temperature 1. Thread-safe. */
public final class TopCandidates {
  private TopCandidates() {}

  /**
   * The {@code count} tokens with the highest logits, likeliest first, of equal ones the lowest id
   * first; fewer if there are fewer logits.
   *
   * @throws IllegalStateException if a logit is NaN or positive infinity, or all are negative
   *     infinity
   */
  public static List<TokenScore> of(float[] logits, int count) {
    int kept = Math.min(count, logits.length);
    if (kept <= 0) {
      return List.of();
    }
    int[] best = select(logits, kept);
    double logSum = logSumExp(logits);
    TokenScore[] scores = new TokenScore[kept];
    for (int i = 0; i < kept; i++) {
      float logit = logits[best[i]];
      scores[i] = new TokenScore(best[i], logit, (float) (logit - logSum));
    }
    return List.of(scores);
  }

  /** ln Σ exp(logit), computed around the highest logit so that it cannot overflow. */
  static double logSumExp(float[] logits) {
    float max = Logits.max(logits, logits.length);
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp((double) logit - max);
    }
    return max + StrictMath.log(sum);
  }

  private static int[] select(float[] logits, int kept) {
    int[] best = new int[kept];
    int size = 0;
    for (int id = 0; id < logits.length; id++) {
      if (size == kept && logits[id] <= logits[best[size - 1]]) {
        continue;
      }
      int at = size < kept ? size++ : size - 1;
      while (at > 0 && logits[best[at - 1]] < logits[id]) {
        best[at] = best[at - 1];
        at--;
      }
      best[at] = id;
    }
    return best;
  }
}
