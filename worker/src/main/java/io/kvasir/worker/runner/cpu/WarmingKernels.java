package io.kvasir.worker.runner.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Scalar kernels until the JIT compiler has compiled the vector ones, then those. Interpreted
 * vector code is hundreds of times slower than compiled scalar code, and a server's first answers
 * would take seconds. Both compute the same bits, so nobody sees the change. The vector kernels are
 * exercised by a thread of their own, once per process.
 */
final class WarmingKernels implements Kernels {
  private final Kernels scalar = new ScalarKernels();
  private final Kernels vector = new VectorKernels();

  WarmingKernels() {
    KernelWarmUp.start();
  }

  private Kernels current() {
    return KernelWarmUp.done() ? vector : scalar;
  }

  @Override
  public void matMul(
      PackedMatrix w,
      int panelFrom,
      int panelTo,
      float[] x,
      int xStride,
      int rows,
      float[] out,
      int outStride) {
    current().matMul(w, panelFrom, panelTo, x, xStride, rows, out, outStride);
  }

  @Override
  public void rmsNorm(
      float[] x,
      int xAt,
      float[] weight,
      float epsilon,
      float[] out,
      int outAt,
      int n,
      float[] lanes) {
    current().rmsNorm(x, xAt, weight, epsilon, out, outAt, n, lanes);
  }

  @Override
  public void swiGlu(float[] gate, int gateAt, float[] up, int upAt, int n) {
    current().swiGlu(gate, gateAt, up, upAt, n);
  }

  @Override
  public void scores(
      MemorySegment memory,
      long key,
      int headDim,
      long dimStride,
      int slots,
      float[] q,
      int qAt,
      float scale,
      float[] scores,
      int at) {
    current().scores(memory, key, headDim, dimStride, slots, q, qAt, scale, scores, at);
  }

  @Override
  public float softmax(float[] scores, int n, float[] lanes) {
    return current().softmax(scores, n, lanes);
  }

  @Override
  public void addValues(
      MemorySegment memory,
      long value,
      long slotStride,
      int headDim,
      int slots,
      float[] weights,
      int at,
      float[] out,
      int outAt) {
    current().addValues(memory, value, slotStride, headDim, slots, weights, at, out, outAt);
  }
}
