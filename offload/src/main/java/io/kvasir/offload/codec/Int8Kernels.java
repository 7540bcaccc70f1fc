package io.kvasir.offload.codec;

import static io.kvasir.offload.codec.HalfRows.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Turns one group of floats into a scale and codes, and back. Stateless: any thread. */
sealed interface Int8Kernels permits Int8Kernels.Scalar, Int8VectorKernels {
  /** A scale in memory. */
  ValueLayout.OfShort SCALE = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Adding and subtracting it rounds a float below 2^22 to the nearest integer, ties to even. */
  float ROUND = 0x1.8p23f;

  /** Largest magnitude of a code. */
  int LARGEST_CODE = 127;

  /** The code of what is not a finite number. */
  byte NOT_FINITE = -128;

  /** Encodes {@code count} contiguous floats at {@code from}. */
  void encode(MemorySegment block, long from, int count, MemorySegment out, long scale, long codes);

  /**
   * Decodes {@code count} floats to {@code to}.
   *
   * @throws IllegalArgumentException if the scale is none
   */
  void decode(MemorySegment in, long scale, long codes, int count, MemorySegment block, long to);

  /** The fastest for this machine; all compute the same bits. */
  static Int8Kernels best() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 256
        ? new Int8VectorKernels()
        : new Scalar();
  }

  /** Writes the scale that fits a group whose largest finite magnitude is {@code largest}. */
  static float writeScale(float largest, MemorySegment out, long at) {
    short bits = StepSize.toBits(largest / LARGEST_CODE);
    out.set(SCALE, at, bits);
    return StepSize.ofBits(bits);
  }

  /** One value after the other: the oracle of the vector kernels, and their remainder. */
  final class Scalar implements Int8Kernels {
    @Override
    public void encode(
        MemorySegment block, long from, int count, MemorySegment out, long scale, long codes) {
      float largest = 0;
      for (int i = 0; i < count; i++) {
        float magnitude = Math.abs(block.get(FLOAT, from + 4L * i));
        if (magnitude <= Float.MAX_VALUE) {
          largest = Math.max(largest, magnitude);
        }
      }
      float inverse = 1 / writeScale(largest, out, scale);
      for (int i = 0; i < count; i++) {
        float value = block.get(FLOAT, from + 4L * i);
        float rounded = value * inverse + ROUND - ROUND;
        float code = Math.clamp(rounded, -LARGEST_CODE, LARGEST_CODE);
        boolean finite = Math.abs(value) <= Float.MAX_VALUE;
        out.set(ValueLayout.JAVA_BYTE, codes + i, finite ? (byte) code : NOT_FINITE);
      }
    }

    @Override
    public void decode(
        MemorySegment in, long scale, long codes, int count, MemorySegment block, long to) {
      float step = StepSize.ofBits(in.get(SCALE, scale));
      for (int i = 0; i < count; i++) {
        byte code = in.get(ValueLayout.JAVA_BYTE, codes + i);
        block.set(FLOAT, to + 4L * i, code == NOT_FINITE ? Float.NaN : code * step);
      }
    }
  }
}
