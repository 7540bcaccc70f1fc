package io.kvasir.loadtest.workload;

/**
 * How the tokens of a workload's requests are chosen.
 *
 * @param temperature 0: greedy
 * @param topK keep the k most likely tokens; 0: all
 * @param topP keep the most likely tokens up to this probability, in (0, 1]
 */
public record SamplingSpec(double temperature, int topK, double topP) {
  /** Always the most likely token. */
  public static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1);

  /** Refuses what no server takes. */
  public SamplingSpec {
    if (!(temperature >= 0 && temperature <= 100) || topK < 0 || !(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "temperature " + temperature + ", top_k " + topK + " or top_p " + topP + " out of range");
    }
  }
}
