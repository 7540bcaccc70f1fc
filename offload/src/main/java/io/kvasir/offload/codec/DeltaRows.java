package io.kvasir.offload.codec;

import java.util.Arrays;

/**
 * The model of one half of one layer that encoder and decoder keep in step: for every channel a
 * reference, which is the mean of the anchor and the tokens decoded so far, and the mean magnitude
 * of its quantised deltas, which chooses the class of probabilities. Confined to one thread.
 *
 * <p>Floats are computed by the same operations in the same order on both sides, and Java's floats
 * are the same on every machine, so both sides always agree.
 */
final class DeltaRows {
  /** Instead of a quotient: the value itself follows. */
  static final int ESCAPE = 128;

  /** Largest error of a value, in steps: half a step and the rounding of floats. */
  static final float MAX_ERROR = 0.501f;

  // The mean magnitude of a delta is 0.65 of the root mean square; it counts as two tokens seen.
  private static final float PRIOR_MAGNITUDE = 0.65f;
  private static final int PRIOR_TOKENS = 2;

  /** Step of each channel. */
  final float[] steps;

  /** Class of each channel for the current token. */
  final int[] classes;

  /** Quantised deltas of the current token, or {@link #ESCAPE}. */
  final int[] quotients;

  /** The current token as it is decoded, but escapes that are not finite. */
  final float[] values;

  private final int channels;
  private final float[] inverses;
  private final float[] references;
  private final float[] magnitudes;

  DeltaRows(int channels) {
    this.channels = channels;
    steps = new float[channels];
    inverses = new float[channels];
    classes = new int[channels];
    quotients = new int[channels];
    values = new float[channels];
    references = new float[channels];
    magnitudes = new float[channels];
  }

  /** Begins with the anchor at {@code at} of {@code rows}, and with {@link #steps} as set. */
  void start(float[] rows, int at, float bin) {
    for (int c = 0; c < channels; c++) {
      float anchor = rows[at + c];
      references[c] = Float.isFinite(anchor) ? anchor : 0;
      inverses[c] = 1 / steps[c];
    }
    Arrays.fill(magnitudes, PRIOR_TOKENS * PRIOR_MAGNITUDE / bin);
  }

  /** Chooses the classes for a token, 1 or more. */
  void classify(int token) {
    float weight = 1f / (token - 1 + PRIOR_TOKENS);
    for (int c = 0; c < channels; c++) {
      classes[c] = CodecTables.classOf(magnitudes[c] * weight);
    }
  }

  /** Rounds a token's values, those at {@code at} of {@code rows}, to whole steps. */
  void quantise(float[] rows, int at) {
    for (int c = 0; c < channels; c++) {
      float scaled = (rows[at + c] - references[c]) * inverses[c];
      quotients[c] = (int) (scaled + Int8Rows.ROUND - Int8Rows.ROUND);
    }
  }

  /**
   * Makes escapes of the quotients that have no symbol, and of those that do not give their value
   * back: because it is not finite, or too large for its step's precision.
   */
  void escape(float[] rows, int at, int[] largest) {
    for (int c = 0; c < channels; c++) {
      float value = rows[at + c];
      int quotient = quotients[c];
      int most = largest[classes[c]];
      boolean near = Math.abs(value - values[c]) <= MAX_ERROR * steps[c];
      if (!near || quotient > most || quotient < -most) {
        escape(c, value);
      }
    }
  }

  /** Makes a value of the current token an escape, and what is learned from it. */
  void escape(int channel, float value) {
    quotients[channel] = ESCAPE;
    values[channel] = Float.isFinite(value) ? value : references[channel];
  }

  /** Computes the values of the current token from the quotients. */
  void reconstruct() {
    for (int c = 0; c < channels; c++) {
      values[c] = references[c] + quotients[c] * steps[c];
    }
  }

  /** Learns from the current token's values and quotients, the escaped ones included. */
  void advance(int token) {
    float weight = 1f / (token + 1);
    for (int c = 0; c < channels; c++) {
      float change = (values[c] - references[c]) * weight;
      references[c] += change;
      magnitudes[c] += Math.abs(quotients[c]);
    }
  }
}
