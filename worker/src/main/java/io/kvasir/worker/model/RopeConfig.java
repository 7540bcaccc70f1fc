package io.kvasir.worker.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rotary position embedding of the first {@code ropeDim} elements of every query and key head.
 *
 * @param layout which elements form a pair
 * @param ropeDim rotated elements of a head, even; the rest of the head is left as it is
 * @param freqBase base of the geometric series of frequencies
 * @param linearFactor positions are divided by it; 1 without linear scaling
 * @param freqFactors the frequency of pair i is divided by element i; null without such scaling
 */
public record RopeConfig(
    RopeLayout layout,
    int ropeDim,
    double freqBase,
    double linearFactor,
    float @Nullable [] freqFactors) {

  /**
   * The angle, in radians, by which each pair turns per position, all scaling included: pair i
   * turns by {@code position * angles[i]}.
   */
  public double[] anglesPerPosition() {
    double[] angles = new double[ropeDim / 2];
    for (int i = 0; i < angles.length; i++) {
      double factor = freqFactors == null ? 1 : freqFactors[i];
      angles[i] = Math.pow(freqBase, -2.0 * i / ropeDim) / (factor * linearFactor);
    }
    return angles;
  }

  /** One line for people. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(layout == RopeLayout.INTERLEAVED ? "interleaved pairs" : "half-split pairs");
    text.append(", ").append(ropeDim).append(" elements, base ").append(number(freqBase));
    if (linearFactor != 1) {
      text.append(", linear scaling by ").append(number(linearFactor));
    }
    if (freqFactors != null) {
      text.append(", ").append(freqFactors.length).append(" frequency factors");
    }
    return text.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && value < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    return describe() + (freqFactors == null ? "" : " " + Arrays.toString(freqFactors));
  }
}
