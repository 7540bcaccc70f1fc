package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes floats as any element type that the loader reads; simple, not optimal. */
public final class TensorEncoder {

  private TensorEncoder() {}

  /** Encodes {@code values}, whose number is a multiple of the type's block. */
  public static byte[] encode(GgmlType type, float[] values) {
    ByteBuffer out =
        ByteBuffer.allocate((int) type.bytesFor(values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < values.length; at += type.blockElements()) {
      switch (type) {
        case F32 -> out.putFloat(values[at]);
        case F16 -> out.putShort(Float.floatToFloat16(values[at]));
        case BF16 -> out.putShort((short) ((Float.floatToIntBits(values[at]) + 0x7FFF) >> 16));
        case Q8_0 -> q8(values, at, out);
        case Q4_0 -> q4(values, at, out);
        default -> throw new IllegalArgumentException("cannot encode " + type);
      }
    }
    return out.array();
  }

  private static void q8(float[] values, int at, ByteBuffer out) {
    float d = half(out, largest(values, at) / 127);
    for (int i = 0; i < 32; i++) {
      out.put((byte) quantum(values[at + i], d, -127, 127));
    }
  }

  private static void q4(float[] values, int at, ByteBuffer out) {
    float d = half(out, largest(values, at) / 7);
    for (int i = 0; i < 16; i++) {
      int low = quantum(values[at + i], d, -8, 7) + 8;
      int high = quantum(values[at + i + 16], d, -8, 7) + 8;
      out.put((byte) (low | high << 4));
    }
  }

  private static float half(ByteBuffer out, float value) {
    short half = Float.floatToFloat16(value);
    out.putShort(half);
    return Float.float16ToFloat(half);
  }

  private static float largest(float[] values, int at) {
    float largest = 0;
    for (int i = 0; i < 32; i++) {
      largest = Math.max(largest, Math.abs(values[at + i]));
    }
    return largest;
  }

  private static int quantum(float value, float d, int min, int max) {
    return d == 0 ? 0 : Math.clamp(Math.round(value / d), min, max);
  }
}
