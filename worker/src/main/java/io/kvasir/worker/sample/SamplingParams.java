package io.kvasir.worker.sample;

/**
 * How the next token is chosen, every default filled in. Applied in this order: repetition penalty,
 * temperature, top-k, top-p, min-p.
 *
 * @param temperature 0 means greedy; finite, not negative
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP keep the smallest set whose probability reaches it; in (0, 1]
 * @param minP drop tokens less likely than this times the likeliest; in [0, 1]
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens in the prompt
 *     or the output; above 0, 1 means none
 * @param seed the draw for the token at position j depends on the seed and j only
 */
public record SamplingParams(
    float temperature, int topK, float topP, float minP, float repetitionPenalty, long seed) {

  /** The likeliest token, always. */
  public static final SamplingParams GREEDY = new SamplingParams(0f, 0, 1f, 0f, 1f, 0L);

  public SamplingParams {
    require(temperature >= 0f && Float.isFinite(temperature), "temperature", temperature);
    require(topK >= 0, "topK", topK);
    require(topP > 0f && topP <= 1f, "topP", topP);
    require(minP >= 0f && minP <= 1f, "minP", minP);
    require(
        repetitionPenalty > 0f && Float.isFinite(repetitionPenalty),
        "repetitionPenalty",
        repetitionPenalty);
  }

  private static void require(boolean holds, String field, float value) {
    if (!holds) {
      throw new IllegalArgumentException(field + " out of range: " + value);
    }
  }
}
