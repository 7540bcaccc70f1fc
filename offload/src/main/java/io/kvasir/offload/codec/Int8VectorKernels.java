package io.kvasir.offload.codec;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Groups of whole vectors by vector instructions, others by the scalar kernels. The same bits come
 * out: a maximum depends on no order, and each value is scaled and rounded by the same operations.
 */
final class Int8VectorKernels implements Int8Kernels {
  private static final boolean WIDE = FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 512;
  private static final VectorSpecies<Float> FLOATS =
      WIDE ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
  private static final VectorSpecies<Byte> BYTES =
      WIDE ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
  private static final int LANES = WIDE ? 16 : 8;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final Scalar scalar = new Scalar();

  @Override
  public void encode(
      MemorySegment block, long from, int count, MemorySegment out, long scale, long codes) {
    if (count % LANES != 0) {
      scalar.encode(block, from, count, out, scale, codes);
      return;
    }
    FloatVector most = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i += LANES) {
      FloatVector size = FloatVector.fromMemorySegment(FLOATS, block, from + 4L * i, ORDER).abs();
      VectorMask<Float> finite = size.compare(VectorOperators.LE, Float.MAX_VALUE);
      most = most.max(FloatVector.zero(FLOATS).blend(size, finite));
    }
    float largest = most.reduceLanes(VectorOperators.MAX);
    float inverse = 1 / Int8Kernels.writeScale(largest, out, scale);
    for (int i = 0; i < count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, block, from + 4L * i, ORDER);
      VectorMask<Float> finite = value.abs().compare(VectorOperators.LE, Float.MAX_VALUE);
      FloatVector rounded = value.mul(inverse).add(ROUND).sub(ROUND);
      FloatVector code = rounded.max(-LARGEST_CODE).min(LARGEST_CODE);
      FloatVector.broadcast(FLOATS, NOT_FINITE)
          .blend(code, finite)
          .convertShape(VectorOperators.F2B, BYTES, 0)
          .reinterpretAsBytes()
          .intoMemorySegment(out, codes + i, ORDER);
    }
  }

  @Override
  public void decode(
      MemorySegment in, long scale, long codes, int count, MemorySegment block, long to) {
    if (count % LANES != 0) {
      scalar.decode(in, scale, codes, count, block, to);
      return;
    }
    float step = StepSize.ofBits(in.get(SCALE, scale));
    for (int i = 0; i < count; i += LANES) {
      FloatVector code =
          (FloatVector)
              ByteVector.fromMemorySegment(BYTES, in, codes + i, ORDER)
                  .convertShape(VectorOperators.B2F, FLOATS, 0);
      VectorMask<Float> broken = code.compare(VectorOperators.EQ, NOT_FINITE);
      code.mul(step).blend(Float.NaN, broken).intoMemorySegment(block, to + 4L * i, ORDER);
    }
  }
}
