package io.kvasir.worker.sample;

/**
 * Chooses the next token. The draw depends on the seed and the position only, and all arithmetic is
 * in a fixed order with {@link StrictMath}: a request's tokens are the same whatever else is in the
 * batch and on every machine. Allocates nothing after construction. Confined to one thread.
 *
 * <p>Logits of negative infinity are never chosen. A row with NaN or positive infinity, or without
 * any finite logit, comes from a broken model or broken KV: {@link IllegalStateException}, and the
 * caller fails the step rather than serve from it.
 */
public final class Sampler {
  private final int vocabularySize;
  private final float[] scores;
  private final int[] kept;
  private final double[] weights;
  private final TokenHeap heap;
  private final int[] penalised;
  private int penaltyRound;

  public Sampler(int vocabularySize) {
    this.vocabularySize = vocabularySize;
    scores = new float[vocabularySize];
    kept = new int[vocabularySize];
    weights = new double[vocabularySize];
    heap = new TokenHeap(vocabularySize);
    penalised = new int[vocabularySize];
  }

  /**
   * Chooses the token at position {@code tokenCount}.
   *
   * @param logits at least vocabularySize elements; not written
   * @param tokenIds the sequence so far, prompt and output; subject to the repetition penalty
   * @param tokenCount number of tokens in it
   * @throws IllegalStateException if the logits are not usable
   */
  public int sample(float[] logits, int[] tokenIds, int tokenCount, SamplingParams params) {
    float[] penalisedLogits = penalise(logits, tokenIds, tokenCount, params.repetitionPenalty());
    int likeliest = Logits.argmax(penalisedLogits, vocabularySize);
    if (params.temperature() == 0f || params.topK() == 1) {
      return likeliest;
    }
    scale(penalisedLogits, penalisedLogits[likeliest], params.temperature());
    int count = isSorted(params) ? keepSorted(params) : keepAll(params.minP());
    return draw(count, CounterRandom.nextDouble(params.seed(), tokenCount));
  }

  /** Repetition penalty: each token of the sequence once, however often it occurs. */
  private float[] penalise(float[] logits, int[] tokenIds, int tokenCount, float penalty) {
    if (penalty == 1f) {
      return logits;
    }
    System.arraycopy(logits, 0, scores, 0, vocabularySize);
    penaltyRound++;
    for (int i = 0; i < tokenCount; i++) {
      int id = tokenIds[i];
      if (penalised[id] != penaltyRound) {
        penalised[id] = penaltyRound;
        scores[id] = scores[id] > 0f ? scores[id] / penalty : scores[id] * penalty;
      }
    }
    return scores;
  }

  /** Scores relative to the likeliest, which gets 0, so that no temperature can overflow them. */
  private void scale(float[] logits, float max, float temperature) {
    for (int id = 0; id < vocabularySize; id++) {
      scores[id] = (logits[id] - max) / temperature;
    }
  }

  private static boolean isSorted(SamplingParams params) {
    return params.topK() > 0 || params.topP() < 1f;
  }

  /** Top-k, then top-p among what is left, then min-p: all cut a list that falls in likelihood. */
  private int keepSorted(SamplingParams params) {
    heap.build(scores);
    boolean limited = params.topK() > 0 && params.topK() < vocabularySize;
    int most = limited ? params.topK() : vocabularySize;
    double total = 0;
    int sorted = 0;
    if (limited) {
      while (sorted < most) {
        total += take(sorted++);
      }
    } else {
      for (int id = 0; id < vocabularySize; id++) {
        total += StrictMath.exp(scores[id]);
      }
    }
    double wanted = params.topP() == 1f ? Double.POSITIVE_INFINITY : params.topP() * total;
    double sum = 0;
    int count = 0;
    while (count < most && sum < wanted) {
      double weight = limited ? weights[count] : take(count);
      if (weight < params.minP() || weight == 0) {
        break;
      }
      sum += weight;
      count++;
    }
    return count;
  }

  private double take(int index) {
    int id = heap.pop();
    kept[index] = id;
    weights[index] = StrictMath.exp(scores[id]);
    return weights[index];
  }

  private int keepAll(float minP) {
    int count = 0;
    for (int id = 0; id < vocabularySize; id++) {
      double weight = StrictMath.exp(scores[id]);
      if (weight >= minP && weight > 0) {
        kept[count] = id;
        weights[count++] = weight;
      }
    }
    return count;
  }

  private int draw(int count, double uniform) {
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += weights[i];
    }
    double target = uniform * total;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i];
      if (target < sum) {
        return kept[i];
      }
    }
    return kept[count - 1];
  }
}
