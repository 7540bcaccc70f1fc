package io.kvasir.worker.runner.cpu;

import static io.kvasir.worker.runner.cpu.PackedMatrix.BLOCK_COLUMNS;
import static io.kvasir.worker.runner.cpu.PackedMatrix.PANEL_ROWS;
import static io.kvasir.worker.runner.cpu.VectorShape.FLOATS;
import static io.kvasir.worker.runner.cpu.VectorShape.VECTOR_BYTES;
import static io.kvasir.worker.runner.cpu.VectorShape.VECTOR_LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Tiles of a matrix product with float weights. A tile keeps its sums in registers: weights are
 * loaded once per tile, each input is broadcast. Written out by hand because vectors in an array
 * would live in memory. Four rows of inputs are as many as the compiler inlines: of eight it boxes
 * the vectors, which is thirty times slower.
 *
 * <p>{@code panel} is where a panel starts in {@code data}, {@code lane} the tile's first row in
 * it.
 */
final class F32Tiles {
  private static final int COLUMN_BYTES = PANEL_ROWS * Float.BYTES;

  private F32Tiles() {}

  /**
   * Four rows of x by two vectors of rows of w, columns {@code from} to {@code to}; the sums of the
   * columns before are in {@code out}.
   */
  static void tile4(
      MemorySegment data,
      long panel,
      int lane,
      int from,
      int to,
      float[] x,
      int xAt,
      int xStride,
      float[] out,
      int outAt,
      int outStride) {
    long first = panel + (long) lane * Float.BYTES;
    if (from == 0) {
      clear(out, outAt, outStride);
    }
    for (int block = from; block < to; block += BLOCK_COLUMNS) {
      FloatVector s0a = FloatVector.zero(FLOATS);
      FloatVector s0b = FloatVector.zero(FLOATS);
      FloatVector s1a = FloatVector.zero(FLOATS);
      FloatVector s1b = FloatVector.zero(FLOATS);
      FloatVector s2a = FloatVector.zero(FLOATS);
      FloatVector s2b = FloatVector.zero(FLOATS);
      FloatVector s3a = FloatVector.zero(FLOATS);
      FloatVector s3b = FloatVector.zero(FLOATS);
      int end = Math.min(block + BLOCK_COLUMNS, to);
      for (int k = block; k < end; k++) {
        long column = first + (long) k * COLUMN_BYTES;
        FloatVector wa = weights(data, column);
        FloatVector wb = weights(data, column + VECTOR_BYTES);
        int xk = xAt + k;
        FloatVector x0 = FloatVector.broadcast(FLOATS, x[xk]);
        s0a = wa.fma(x0, s0a);
        s0b = wb.fma(x0, s0b);
        FloatVector x1 = FloatVector.broadcast(FLOATS, x[xk + xStride]);
        s1a = wa.fma(x1, s1a);
        s1b = wb.fma(x1, s1b);
        FloatVector x2 = FloatVector.broadcast(FLOATS, x[xk + 2 * xStride]);
        s2a = wa.fma(x2, s2a);
        s2b = wb.fma(x2, s2b);
        FloatVector x3 = FloatVector.broadcast(FLOATS, x[xk + 3 * xStride]);
        s3a = wa.fma(x3, s3a);
        s3b = wb.fma(x3, s3b);
      }
      add(s0a, s0b, out, outAt);
      add(s1a, s1b, out, outAt + outStride);
      add(s2a, s2b, out, outAt + 2 * outStride);
      add(s3a, s3b, out, outAt + 3 * outStride);
    }
  }

  /** One row of x by two pairs of vectors of rows of w, which may be the same pair. */
  static void tile1(
      MemorySegment data,
      long panelA,
      int laneA,
      long panelB,
      int laneB,
      int columns,
      float[] x,
      int xAt,
      float[] out,
      int outA,
      int outB) {
    long firstA = panelA + (long) laneA * Float.BYTES;
    long firstB = panelB + (long) laneB * Float.BYTES;
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    for (int block = 0; block < columns; block += BLOCK_COLUMNS) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      FloatVector s2 = FloatVector.zero(FLOATS);
      FloatVector s3 = FloatVector.zero(FLOATS);
      int end = Math.min(block + BLOCK_COLUMNS, columns);
      for (int k = block; k < end; k++) {
        FloatVector x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
        long columnA = firstA + (long) k * COLUMN_BYTES;
        long columnB = firstB + (long) k * COLUMN_BYTES;
        s0 = weights(data, columnA).fma(x0, s0);
        s1 = weights(data, columnA + VECTOR_BYTES).fma(x0, s1);
        s2 = weights(data, columnB).fma(x0, s2);
        s3 = weights(data, columnB + VECTOR_BYTES).fma(x0, s3);
      }
      sum0 = sum0.add(s0);
      sum1 = sum1.add(s1);
      sum2 = sum2.add(s2);
      sum3 = sum3.add(s3);
    }
    sum0.intoArray(out, outA);
    sum1.intoArray(out, outA + VECTOR_LANES);
    sum2.intoArray(out, outB);
    sum3.intoArray(out, outB + VECTOR_LANES);
  }

  private static void clear(float[] out, int at, int stride) {
    for (int t = 0; t < Kernels.ROW_TILE; t++) {
      FloatVector.zero(FLOATS).intoArray(out, at + t * stride);
      FloatVector.zero(FLOATS).intoArray(out, at + t * stride + VECTOR_LANES);
    }
  }

  private static FloatVector weights(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(FLOATS, data, at, LITTLE_ENDIAN);
  }

  private static void add(FloatVector a, FloatVector b, float[] out, int at) {
    FloatVector.fromArray(FLOATS, out, at).add(a).intoArray(out, at);
    FloatVector.fromArray(FLOATS, out, at + VECTOR_LANES).add(b).intoArray(out, at + VECTOR_LANES);
  }
}
