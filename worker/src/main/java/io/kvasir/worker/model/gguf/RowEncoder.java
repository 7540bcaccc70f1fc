package io.kvasir.worker.model.gguf;

import java.nio.ByteBuffer;

/**
 * Turns rows of floats into the bytes of a tensor, the other way of {@link Dequantizer}, for the
 * types that {@link #encodes} names. Q8_0 scales each block so that its largest value becomes 127
 * or -127, as ggml does.
 */
public final class RowEncoder {
  private static final int Q8_MAX = 127;

  private RowEncoder() {}

  /** Whether there are rows of this type. */
  public static boolean encodes(GgmlType type) {
    return type == GgmlType.F32 || type == GgmlType.F16 || type == GgmlType.Q8_0;
  }

  /**
   * Appends a row.
   *
   * @param row whole blocks of the type
   * @param out in little-endian order, with room for the row
   * @throws IllegalArgumentException if the type is not encoded here
   */
  static void encode(GgmlType type, float[] row, ByteBuffer out) {
    if (!encodes(type)) {
      throw new IllegalArgumentException("type " + type + " is not encoded");
    }
    int blockElements = type.blockElements();
    for (int at = 0; at < row.length; at += blockElements) {
      switch (type) {
        case F32 -> out.putFloat(row[at]);
        case F16 -> out.putShort(Float.floatToFloat16(row[at]));
        default -> q8(row, at, blockElements, out);
      }
    }
  }

  private static void q8(float[] row, int from, int count, ByteBuffer out) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(row[from + i]));
    }
    float scale = largest / Q8_MAX;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(Float.floatToFloat16(scale));
    for (int i = 0; i < count; i++) {
      out.put((byte) Math.clamp(Math.round(row[from + i] * inverse), -Q8_MAX, Q8_MAX));
    }
  }
}
