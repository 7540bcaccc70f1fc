package io.kvasir.loadtest.sim.metrics;

/**
 * The service difference as the evaluation of VTC measures it (Sheng et al., Fairness in Serving
 * Large Language Models, OSDI'24, section 5; its published artifact, {@code
 * get_service_diff_over_time}), so that figures can be compared.
 *
 * <p>A request is worth its prompt's tokens plus twice its output's, spread evenly from its first
 * token to its end; as in the artifact, one that ends with its first token is asked for and never
 * served. At evenly spaced moments, a window is laid around the moment; s_i is what client i
 * received in it and d_i what it asked for in it, per second. The difference at that moment is the
 * sum over the clients of min(max_j s_j - s_i, |d_i - s_i|): a client that asked for little is not
 * owed more. With weights, s and d are divided by them; the artifact has none.
 *
 * @param max largest over the moments, weighted tokens per second
 * @param mean mean over the moments
 */
public record ServiceDifference(double max, double mean) {
  private static final int MOMENTS = 20;
  private static final double PROMPT_WEIGHT = 1;
  private static final double OUTPUT_WEIGHT = 2;

  /**
   * Measures a run.
   *
   * @param weights of the tenants, by their numbers
   * @param lengthNanos time over which requests arrived
   */
  static ServiceDifference of(
      RequestLog log, double[] weights, long lengthNanos, long windowNanos) {
    if (lengthNanos <= 0 || weights.length == 0) {
      return new ServiceDifference(0, 0);
    }
    double window = Math.min(windowNanos, lengthNanos);
    int moments = windowNanos >= lengthNanos ? 1 : MOMENTS;
    double max = 0;
    double sum = 0;
    for (int moment = 0; moment < moments; moment++) {
      double from = moments == 1 ? 0 : (lengthNanos - window) * moment / (moments - 1);
      double difference = difference(log, weights, from, from + window);
      max = Math.max(max, difference);
      sum += difference;
    }
    return new ServiceDifference(max, sum / moments);
  }

  private static double difference(RequestLog log, double[] weights, double from, double to) {
    double[] served = new double[weights.length];
    double[] asked = new double[weights.length];
    for (int i = 0; i < log.size(); i++) {
      double worth =
          (PROMPT_WEIGHT * log.promptTokens(i) + OUTPUT_WEIGHT * log.outputTokens(i))
              / weights[log.tenant(i)]
              / ((to - from) / 1e9);
      if (log.sentNanos(i) >= from && log.sentNanos(i) <= to) {
        asked[log.tenant(i)] += worth;
      }
      double length = log.endNanos(i) - log.firstNanos(i);
      if (log.firstNanos(i) >= 0 && length > 0) {
        double overlap =
            Math.min(to, (double) log.endNanos(i)) - Math.max(from, (double) log.firstNanos(i));
        served[log.tenant(i)] += worth * Math.max(0, overlap) / length;
      }
    }
    double most = 0;
    for (double each : served) {
      most = Math.max(most, each);
    }
    double sum = 0;
    for (int i = 0; i < served.length; i++) {
      sum += Math.min(most - served[i], Math.abs(asked[i] - served[i]));
    }
    return sum;
  }
}
