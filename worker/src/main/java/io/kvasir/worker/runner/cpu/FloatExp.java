package io.kvasir.worker.runner.cpu;

/**
 * e to the x in float, defined by these very operations so that scalar and vector code agree bit
 * for bit (library vector functions may differ between interpreted and compiled code). Relative
 * error below 3e-7; 0 below {@link #LEAST}, e to the {@link #MOST} above it; NaN stays NaN.
 *
 * <p>x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r is a polynomial of degree 6 (Taylor's), 2^n is added
 * to the exponent bits.
 */
final class FloatExp {
  static final float LEAST = -87f;
  static final float MOST = 88f;
  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 0.6933594f;
  static final float LN2_LOW = -2.12194440e-4f;

  /** Adding it rounds to an integer, whose low bits are then those of the float. */
  static final float ROUNDER = 12_582_912f;

  static final float C2 = 1f / 2;
  static final float C3 = 1f / 6;
  static final float C4 = 1f / 24;
  static final float C5 = 1f / 120;
  static final float C6 = 1f / 720;

  private FloatExp() {}

  static float exp(float x) {
    if (x < LEAST) {
      return 0f;
    }
    float clamped = x > MOST ? MOST : x;
    float shifted = Math.fma(clamped, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = Math.fma(n, -LN2_HIGH, clamped);
    r = Math.fma(n, -LN2_LOW, r);
    float p = Math.fma(r, C6, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    int exponent = Float.floatToRawIntBits(shifted) << 23;
    return Float.intBitsToFloat(Float.floatToRawIntBits(p) + exponent);
  }
}
