package io.kvasir.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns rows of any supported type into floats, one element at a time: the reference that faster
 * kernels are tested against. Block formats as in ggml's quants.
 *
 * <pre>
 *   Q4_0 f16 d | 16 bytes: low nibbles are elements 0-15, high ones 16-31; value d * (q - 8)
 *   Q4_1 f16 d | f16 m | 16 bytes as Q4_0; value d * q + m
 *   Q5_0 f16 d | u32 high bits | 16 bytes as Q4_0; bit i is the fifth bit of element i; d * (q - 16)
 *   Q5_1 f16 d | f16 m | u32 high bits | 16 bytes; value d * q + m
 *   Q8_0 f16 d | 32 signed bytes; value d * q
 * </pre>
 */
public final class Dequantizer {

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Dequantizer() {}

  /** All elements of a tensor, row after row. */
  public static float[] all(Tensor tensor) {
    int rowElements = tensor.rowElements();
    float[] out = new float[Math.toIntExact(tensor.elements())];
    for (int row = 0; row < tensor.rows(); row++) {
      row(tensor, row, out, row * rowElements);
    }
    return out;
  }

  /**
   * Writes {@code tensor.rowElements()} floats of one row to {@code out} from {@code offset} on.
   */
  public static void row(Tensor tensor, long row, float[] out, int offset) {
    GgmlType type = tensor.type();
    int blockElements = type.blockElements();
    int blockBytes = type.blockBytes();
    MemorySegment data = tensor.data();
    long at = row * tensor.rowBytes();
    int end = offset + tensor.rowElements();
    for (int o = offset; o < end; o += blockElements) {
      block(type, data, at, out, o);
      at += blockBytes;
    }
  }

  private static void block(GgmlType type, MemorySegment data, long at, float[] out, int o) {
    switch (type) {
      case F32 -> out[o] = data.get(FLOAT, at);
      case F16 -> out[o] = half(data, at);
      case BF16 -> out[o] = Float.intBitsToFloat(data.get(SHORT, at) << 16);
      case Q8_0 -> q8(data, at, out, o);
      case Q4_0 -> nibbles(half(data, at), -8 * half(data, at), data, at + 2, 0, out, o);
      case Q4_1 -> nibbles(half(data, at), half(data, at + 2), data, at + 4, 0, out, o);
      case Q5_0 -> {
        float d = half(data, at);
        nibbles(d, -16 * d, data, at + 6, data.get(INT, at + 2), out, o);
      }
      case Q5_1 -> {
        int high = data.get(INT, at + 4);
        nibbles(half(data, at), half(data, at + 2), data, at + 8, high, out, o);
      }
      case Q4_K -> KQuants.q4k(data, at, out, o);
      case Q5_K -> KQuants.q5k(data, at, out, o);
      case Q6_K -> KQuants.q6k(data, at, out, o);
      case Q8_1,
          Q2_K,
          Q3_K,
          Q8_K,
          IQ2_XXS,
          IQ2_XS,
          IQ3_XXS,
          IQ1_S,
          IQ4_NL,
          IQ3_S,
          IQ2_S,
          IQ4_XS,
          I8,
          I16,
          I32,
          I64,
          F64,
          IQ1_M,
          TQ1_0,
          TQ2_0,
          MXFP4 ->
          throw new IllegalArgumentException("type " + type + " is not supported");
    }
  }

  private static void q8(MemorySegment data, long at, float[] out, int o) {
    float d = half(data, at);
    for (int i = 0; i < 32; i++) {
      out[o + i] = d * data.get(ValueLayout.JAVA_BYTE, at + 2 + i);
    }
  }

  private static void nibbles(
      float d, float m, MemorySegment data, long at, int high, float[] out, int o) {
    for (int i = 0; i < 16; i++) {
      int pair = data.get(ValueLayout.JAVA_BYTE, at + i);
      int low = (pair & 0xF) | (high >>> i & 1) << 4;
      int up = (pair >>> 4 & 0xF) | (high >>> (i + 16) & 1) << 4;
      out[o + i] = d * low + m;
      out[o + i + 16] = d * up + m;
    }
  }

  static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(SHORT, at));
  }
}
