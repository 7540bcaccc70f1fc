package io.kvasir.worker.sample;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The sampler's distribution, written down naively: the oracle of {@link Sampler}. */
final class ReferenceDistribution {
  private ReferenceDistribution() {}

  /** Probability of each id; 0 where a filter cut it. The history is ids 0 to 2 or fewer. */
  static double[] of(float[] logits, int[] history, SamplingParams params) {
    double[] scores = new double[logits.length];
    for (int id = 0; id < logits.length; id++) {
      int token = id;
      boolean penalised = Arrays.stream(history).anyMatch(seen -> seen == token);
      double factor = penalised ? params.repetitionPenalty() : 1;
      scores[id] = (logits[id] > 0 ? logits[id] / factor : logits[id] * factor);
      scores[id] /= params.temperature();
    }
    List<Integer> order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer id) -> -scores[id]).thenComparingInt(i -> i))
            .toList();
    if (params.topK() > 0) {
      order = order.subList(0, Math.min(params.topK(), order.size()));
    }
    double[] probabilities = softmax(scores, order);
    double sum = 0;
    int kept = 0;
    while (kept < order.size() && (params.topP() == 1f || sum < params.topP())) {
      sum += probabilities[order.get(kept++)];
    }
    order = order.subList(0, kept);
    double least = params.minP() * probabilities[order.getFirst()];
    order = order.stream().filter(id -> probabilities[id] >= least).toList();
    return softmax(scores, order);
  }

  private static double[] softmax(double[] scores, List<Integer> ids) {
    double[] probabilities = new double[scores.length];
    double sum = 0;
    for (int id : ids) {
      sum += Math.exp(scores[id]);
    }
    for (int id : ids) {
      probabilities[id] = Math.exp(scores[id]) / sum;
    }
    return probabilities;
  }
}
