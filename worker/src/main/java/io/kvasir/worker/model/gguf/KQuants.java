package io.kvasir.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The super-block formats of 256 elements, as in ggml's quants: eight (Q6_K: sixteen) sub-blocks
 * with small integer scales of their own.
 *
 * <pre>
 *   Q4_K f16 d | f16 dmin | 12 bytes: 6-bit scale and minimum per sub-block | 128 bytes of nibbles
 *   Q5_K f16 d | f16 dmin | 12 bytes as Q4_K | 32 bytes of fifth bits | 128 bytes of nibbles
 *   Q6_K 128 bytes of low nibbles | 64 bytes of upper bit pairs | 16 signed scales | f16 d
 * </pre>
 *
 * Q4_K and Q5_K: value d * scale * q - dmin * minimum. Q6_K: value d * scale * (q - 32).
 */
final class KQuants {

  private KQuants() {}

  static void q4k(MemorySegment data, long at, float[] out, int o) {
    scaledNibbles(data, at, at + 16, -1, out, o);
  }

  static void q5k(MemorySegment data, long at, float[] out, int o) {
    scaledNibbles(data, at, at + 48, at + 16, out, o);
  }

  private static void scaledNibbles(
      MemorySegment data, long at, long nibbles, long fifthBits, float[] out, int o) {
    float d = Dequantizer.half(data, at);
    float dmin = Dequantizer.half(data, at + 2);
    for (int sub = 0; sub < 8; sub++) {
      float scale = d * scale(data, at + 4, sub);
      float minimum = dmin * minimum(data, at + 4, sub);
      for (int i = 0; i < 32; i++) {
        int pair = unsigned(data, nibbles + sub / 2 * 32L + i);
        int q = sub % 2 == 0 ? pair & 0xF : pair >>> 4;
        if (fifthBits >= 0) {
          q |= (unsigned(data, fifthBits + i) >>> sub & 1) << 4;
        }
        out[o + sub * 32 + i] = scale * q - minimum;
      }
    }
  }

  private static int scale(MemorySegment data, long scales, int sub) {
    return sub < 4
        ? unsigned(data, scales + sub) & 63
        : (unsigned(data, scales + sub + 4) & 0xF) | (unsigned(data, scales + sub - 4) >>> 6 << 4);
  }

  private static int minimum(MemorySegment data, long scales, int sub) {
    return sub < 4
        ? unsigned(data, scales + sub + 4) & 63
        : (unsigned(data, scales + sub + 4) >>> 4) | (unsigned(data, scales + sub) >>> 6 << 4);
  }

  static void q6k(MemorySegment data, long at, float[] out, int o) {
    float d = Dequantizer.half(data, at + 208);
    for (int i = 0; i < 256; i++) {
      int half = i / 128;
      int quarter = i % 128 / 32;
      int lane = i % 32;
      int pair = unsigned(data, at + half * 64L + quarter % 2 * 32L + lane);
      int low = quarter < 2 ? pair & 0xF : pair >>> 4;
      int high = unsigned(data, at + 128 + half * 32L + lane) >>> (2 * quarter) & 3;
      int scale = data.get(ValueLayout.JAVA_BYTE, at + 192 + i / 16);
      out[o + i] = d * scale * ((low | high << 4) - 32);
    }
  }

  private static int unsigned(MemorySegment data, long at) {
    return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
  }
}
