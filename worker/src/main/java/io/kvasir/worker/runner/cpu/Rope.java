package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.RopeConfig;
import io.kvasir.worker.model.RopeLayout;

/**
 * Rotary positions: pair i of a head is turned by {@code position * angle(i)}. Sines and cosines
 * are computed in double when the model is loaded and kept as floats. Thread-safe.
 */
final class Rope {
  private final RopeLayout layout;
  private final int pairs;
  private final float[] cos;
  private final float[] sin;

  /**
   * Computes the tables.
   *
   * @param positions positions 0 to positions - 1 can be rotated
   */
  Rope(RopeConfig config, int positions) {
    layout = config.layout();
    double[] angles = config.anglesPerPosition();
    pairs = angles.length;
    int size = Math.multiplyExact(positions, pairs);
    cos = new float[size];
    sin = new float[size];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < pairs; i++) {
        cos[p * pairs + i] = (float) StrictMath.cos(p * angles[i]);
        sin[p * pairs + i] = (float) StrictMath.sin(p * angles[i]);
      }
    }
  }

  /** Rotates one head in place; what lies beyond the pairs stays as it is. */
  void rotate(float[] head, int at, int position) {
    int step = layout == RopeLayout.INTERLEAVED ? 2 : 1;
    int partner = layout == RopeLayout.INTERLEAVED ? 1 : pairs;
    int table = position * pairs;
    for (int i = 0; i < pairs; i++) {
      int first = at + i * step;
      float a = head[first];
      float b = head[first + partner];
      float c = cos[table + i];
      float s = sin[table + i];
      head[first] = a * c - b * s;
      head[first + partner] = a * s + b * c;
    }
  }
}
