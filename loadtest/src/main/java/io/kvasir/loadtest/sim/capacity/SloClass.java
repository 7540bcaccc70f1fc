package io.kvasir.loadtest.sim.capacity;

import io.kvasir.loadtest.workload.SloTargets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Requests of a mix that have the same latency targets.
 *
 * @param share of all requests, above 0 to 1
 * @param targets what they must meet
 */
public record SloClass(double share, SloTargets targets) {
  /** Refuses a share that is not above 0 and at most 1. */
  public SloClass {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share is " + share + ", must be above 0 and at most 1");
    }
  }

  /** The classes with their shares divided by the sum, so that weights of any size will do. */
  public static List<SloClass> normalised(List<Double> weights, List<SloTargets> targets) {
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    return IntStream.range(0, targets.size())
        .mapToObj(i -> new SloClass(weights.get(i) / sum, targets.get(i)))
        .toList();
  }
}
