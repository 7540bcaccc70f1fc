package io.kvasir.worker.runner.cpu;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine: 16 floats (AVX-512) or 8 (AVX2, SVE-256). */
final class VectorShape {
  private static final int PREFERRED_BITS = FloatVector.SPECIES_PREFERRED.vectorBitSize();
  private static final boolean WIDE = PREFERRED_BITS >= 512;

  static final VectorSpecies<Float> FLOATS =
      WIDE ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;

  /** As many bytes as {@link #FLOATS} has lanes. */
  static final VectorSpecies<Byte> BYTES = WIDE ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Lanes of a vector of floats. */
  static final int VECTOR_LANES = WIDE ? 16 : 8;

  /** Bytes of a vector of floats. */
  static final int VECTOR_BYTES = VECTOR_LANES * Float.BYTES;

  private VectorShape() {}

  /**
   * Whether vectors of at least 8 floats are native here. Narrower ones are correct, too, but
   * emulated and slower than the scalar kernels.
   */
  static boolean isNative() {
    return PREFERRED_BITS >= 256;
  }
}
