package io.kvasir.worker.sample;

/** What sampler and candidates share about rows of logits. */
final class Logits {
  private Logits() {}

  /** The highest of the first {@code count} logits, checked. */
  static float max(float[] logits, int count) {
    return logits[argmax(logits, count)];
  }

  /**
   * The id of the highest of the first {@code count} logits; of equal ones the lowest.
   *
   * @throws IllegalStateException if a logit is NaN or positive infinity, or all are negative
   *     infinity
   */
  static int argmax(float[] logits, int count) {
    int best = 0;
    boolean anyNaN = false;
    for (int id = 0; id < count; id++) {
      anyNaN |= Float.isNaN(logits[id]);
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    if (anyNaN || Float.isInfinite(logits[best])) {
      throw new IllegalStateException(
          "logits are not usable: " + (anyNaN ? "NaN among them" : "highest is " + logits[best]));
    }
    return best;
  }
}
