package io.kvasir.worker.runner.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of a transformer on the CPU. Every result has one defined order of float
 * operations, stated at its method, so that all implementations agree bit for bit, with any vector
 * width, batch and number of threads. Thread-safe; buffers belong to the caller.
 *
 * <p>A sum over lanes means: element i joins partial sum i % 16 by fused multiply-add (or addition)
 * in rising order of i; then partial sums are added in a tree, {@code s[i] + s[i + 8]}, then 4, 2
 * and 1 apart.
 */
public interface Kernels {
  /** One element at a time: the oracle of {@link #vector}. */
  static Kernels scalar() {
    return new ScalarKernels();
  }

  /** Vector instructions of this machine's width. */
  static Kernels vector() {
    return new VectorKernels();
  }

  /** Partial sums of a sum over lanes. */
  int LANES = 16;

  /** Rows of activations are processed in tiles: buffers hold a multiple of this many rows. */
  int ROW_TILE = 4;

  /**
   * {@code out[t, r] = Σ w[r, k] · x[t, k]} for the rows r of some panels and the rows t of x, in
   * the order that {@link PackedMatrix} states.
   *
   * @param panelFrom first panel
   * @param panelTo end of the panels
   * @param x inputs, row t from {@code t * xStride} on
   * @param rows rows of x; up to the next multiple of {@link #ROW_TILE} are read and may be written
   * @param out outputs, row t from {@code t * outStride} on, whole panels wide
   */
  void matMul(
      PackedMatrix w,
      int panelFrom,
      int panelTo,
      float[] x,
      int xStride,
      int rows,
      float[] out,
      int outStride);

  /**
   * {@code out = x / sqrt(mean(x²) + epsilon) · weight}, of {@code n} elements. The squares are a
   * sum over lanes; mean and root are computed in double.
   *
   * @param lanes scratch, {@link #LANES} elements
   */
  void rmsNorm(
      float[] x,
      int xAt,
      float[] weight,
      float epsilon,
      float[] out,
      int outAt,
      int n,
      float[] lanes);

  /** {@code gate = gate / (1 + exp(-gate)) · up}, with {@link FloatExp}. */
  void swiGlu(float[] gate, int gateAt, float[] up, int upAt, int n);

  /**
   * Scores of the first slots of a block: {@code scores[at + s] = scale · Σ key[d, s] · q[d]}. The
   * sum is one of four partial sums, element d in number d % 4, added as (0 + 1) + (2 + 3).
   *
   * @param key start of the head's keys in {@code memory}, dim-major
   * @param dimStride bytes from one dimension's keys to the next one's
   * @param slots how many are wanted; up to a multiple of {@link #LANES} more may be written
   */
  void scores(
      MemorySegment memory,
      long key,
      int headDim,
      long dimStride,
      int slots,
      float[] q,
      int qAt,
      float scale,
      float[] scores,
      int at);

  /**
   * Turns scores into {@code exp(score - max)} and returns 1 / their sum (over lanes).
   *
   * @param scores the first n count; up to {@link #LANES} more are overwritten
   */
  float softmax(float[] scores, int n, float[] lanes);

  /**
   * {@code out[d] += Σ weights[at + s] · value[s, d]} over the first slots of a block, in order of
   * slots, each by fused multiply-add.
   *
   * @param value start of the head's values in {@code memory}, slot-major
   * @param slotStride bytes from one slot's values to the next one's
   */
  void addValues(
      MemorySegment memory,
      long value,
      long slotStride,
      int headDim,
      int slots,
      float[] weights,
      int at,
      float[] out,
      int outAt);
}
