package io.kvasir.offload.codec;

/**
 * Sizes of quantisation steps, stored in 2 bytes as the upper half of a float (bfloat16). A step is
 * never zero, subnormal, infinite or NaN, so that its reciprocal and 127 times it are finite.
 */
final class StepSize {
  /** Least step: below it a float's reciprocal may overflow. */
  static final float LEAST = Float.MIN_NORMAL;

  /** Largest step: 127 of them are finite, and 127.5 of them are not. */
  static final float MOST = 0x1.02p121f;

  private static final short LEAST_BITS = bits(LEAST);
  private static final short MOST_BITS = bits(MOST);

  private StepSize() {}

  /**
   * The stored form nearest to a size.
   *
   * @param size any float; NaN counts as the largest
   */
  static short toBits(float size) {
    float bounded = size <= MOST ? Math.max(size, LEAST) : MOST;
    int raw = Float.floatToRawIntBits(bounded);
    int nearest = raw + 0x7fff + ((raw >>> 16) & 1);
    return (short) (nearest >>> 16);
  }

  /**
   * The size of a stored form.
   *
   * @throws IllegalArgumentException if no step is stored like this
   */
  static float ofBits(short bits) {
    if (bits < LEAST_BITS || bits > MOST_BITS) {
      throw new IllegalArgumentException("not a step size: 0x%04x".formatted(bits & 0xffff));
    }
    return Float.intBitsToFloat(bits << 16);
  }

  private static short bits(float size) {
    return (short) (Float.floatToRawIntBits(size) >>> 16);
  }
}
