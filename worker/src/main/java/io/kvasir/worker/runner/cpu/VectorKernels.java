package io.kvasir.worker.runner.cpu;

import static io.kvasir.worker.runner.cpu.PackedMatrix.PANEL_ROWS;
import static io.kvasir.worker.runner.cpu.VectorShape.FLOATS;
import static io.kvasir.worker.runner.cpu.VectorShape.VECTOR_BYTES;
import static io.kvasir.worker.runner.cpu.VectorShape.VECTOR_LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kvasir.worker.runner.cpu.PackedMatrix.Kind;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The kernels with vector instructions. Lanes never meet except in the fixed tree of {@link
 * ScalarKernels#sumLanes}: the Vector API's own reduction has no defined order, and differs between
 * interpreted and compiled code.
 */
final class VectorKernels implements Kernels {
  /** Rows of a tile's two vectors. */
  private static final int PAIR = 2 * VECTOR_LANES;

  /** Columns that all rows of a batch go through together, so that their inputs stay in cache. */
  private static final int SLAB_COLUMNS = 16 * PackedMatrix.BLOCK_COLUMNS;

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
    if (rows == 1) {
      oneRow(w, panelFrom * PANEL_ROWS, panelTo * PANEL_ROWS, x, out);
      return;
    }
    for (int r = panelFrom * PANEL_ROWS; r < panelTo * PANEL_ROWS; r += PAIR) {
      for (int k = 0; k < w.columns(); k += SLAB_COLUMNS) {
        int end = Math.min(k + SLAB_COLUMNS, w.columns());
        pairOfVectors(w, r, k, end, x, xStride, rows, out, outStride);
      }
    }
  }

  private static void oneRow(PackedMatrix w, int from, int to, float[] x, float[] out) {
    for (int r = from; r < to; r += 2 * PAIR) {
      int second = r + PAIR < to ? r + PAIR : r;
      long panelA = w.panelOffset(r / PANEL_ROWS);
      long panelB = w.panelOffset(second / PANEL_ROWS);
      int laneA = r % PANEL_ROWS;
      int laneB = second % PANEL_ROWS;
      if (w.kind() == Kind.F32) {
        F32Tiles.tile1(w.data(), panelA, laneA, panelB, laneB, w.columns(), x, 0, out, r, second);
      } else {
        Q8Tiles.tile1(w.data(), panelA, laneA, panelB, laneB, w.columns(), x, 0, out, r, second);
      }
    }
  }

  private static void pairOfVectors(
      PackedMatrix w,
      int r,
      int from,
      int to,
      float[] x,
      int xStride,
      int rows,
      float[] out,
      int outStride) {
    MemorySegment data = w.data();
    long panel = w.panelOffset(r / PANEL_ROWS);
    int lane = r % PANEL_ROWS;
    boolean floats = w.kind() == Kind.F32;
    for (int t = 0; t < rows; t += ROW_TILE) {
      int xAt = t * xStride;
      int outAt = t * outStride + r;
      if (floats) {
        F32Tiles.tile4(data, panel, lane, from, to, x, xAt, xStride, out, outAt, outStride);
      } else {
        Q8Tiles.tile4(data, panel, lane, from, to, x, xAt, xStride, out, outAt, outStride);
      }
    }
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
    int whole = n - n % LANES;
    for (int part = 0; part < LANES; part += VECTOR_LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = part; i < whole; i += LANES) {
        FloatVector value = FloatVector.fromArray(FLOATS, x, xAt + i);
        sum = value.fma(value, sum);
      }
      sum.intoArray(lanes, part);
    }
    for (int i = whole; i < n; i++) {
      float value = x[xAt + i];
      lanes[i - whole] = Math.fma(value, value, lanes[i - whole]);
    }
    float factor = ScalarKernels.rmsFactor(ScalarKernels.sumLanes(lanes), n, epsilon);
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] * factor * weight[i];
    }
  }

  @Override
  public void swiGlu(float[] gate, int gateAt, float[] up, int upAt, int n) {
    int i = 0;
    for (; i + VECTOR_LANES <= n; i += VECTOR_LANES) {
      FloatVector g = FloatVector.fromArray(FLOATS, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(FLOATS, up, upAt + i);
      g.div(exp(g.neg()).add(1f)).mul(u).intoArray(gate, gateAt + i);
    }
    for (; i < n; i++) {
      float g = gate[gateAt + i];
      gate[gateAt + i] = g / (1f + FloatExp.exp(-g)) * up[upAt + i];
    }
  }

  /** {@link FloatExp#exp} of each lane. */
  private static FloatVector exp(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, FloatExp.LEAST);
    VectorMask<Float> huge = x.compare(VectorOperators.GT, FloatExp.MOST);
    FloatVector clamped = x.blend(FloatExp.MOST, huge);
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    FloatVector rounder = FloatVector.broadcast(FLOATS, FloatExp.ROUNDER);
    FloatVector shifted = clamped.fma(FloatVector.broadcast(FLOATS, FloatExp.LOG2_E), rounder);
    FloatVector n = shifted.sub(rounder);
    FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -FloatExp.LN2_HIGH), clamped);
    r = n.fma(FloatVector.broadcast(FLOATS, -FloatExp.LN2_LOW), r);
    FloatVector p =
        r.fma(
            FloatVector.broadcast(FLOATS, FloatExp.C6), FloatVector.broadcast(FLOATS, FloatExp.C5));
    p = p.fma(r, FloatVector.broadcast(FLOATS, FloatExp.C4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, FloatExp.C3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, FloatExp.C2));
    p = p.fma(r, one);
    p = p.fma(r, one);
    return p.viewAsIntegralLanes()
        .add(shifted.viewAsIntegralLanes().lanewise(VectorOperators.LSHL, 23))
        .viewAsFloatingLanes()
        .reinterpretAsFloats()
        .blend(0f, tiny);
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
    // A whole vector may take slots beyond the wanted ones, but none beyond the block.
    int rowSlots = (int) (dimStride / Float.BYTES);
    int slot = 0;
    while (slot < slots && slot + VECTOR_LANES <= rowSlots) {
      long first = key + (long) slot * Float.BYTES;
      score(memory, first, headDim, dimStride, q, qAt).mul(scale).intoArray(scores, at + slot);
      slot += VECTOR_LANES;
    }
    for (; slot < slots; slot++) {
      float sum = ScalarKernels.score(memory, key, headDim, dimStride, slot, q, qAt);
      scores[at + slot] = sum * scale;
    }
  }

  private static FloatVector score(
      MemorySegment memory, long first, int headDim, long dimStride, float[] q, int qAt) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int d = 0;
    for (; d + 4 <= headDim; d += 4) {
      long at = first + d * dimStride;
      sum0 = load(memory, at).fma(broadcast(q[qAt + d]), sum0);
      sum1 = load(memory, at + dimStride).fma(broadcast(q[qAt + d + 1]), sum1);
      sum2 = load(memory, at + 2 * dimStride).fma(broadcast(q[qAt + d + 2]), sum2);
      sum3 = load(memory, at + 3 * dimStride).fma(broadcast(q[qAt + d + 3]), sum3);
    }
    if (d < headDim) {
      sum0 = load(memory, first + d * dimStride).fma(broadcast(q[qAt + d]), sum0);
    }
    if (d + 1 < headDim) {
      sum1 = load(memory, first + (d + 1) * dimStride).fma(broadcast(q[qAt + d + 1]), sum1);
    }
    if (d + 2 < headDim) {
      sum2 = load(memory, first + (d + 2) * dimStride).fma(broadcast(q[qAt + d + 2]), sum2);
    }
    return sum0.add(sum1).add(sum2.add(sum3));
  }

  private static FloatVector load(MemorySegment memory, long at) {
    return FloatVector.fromMemorySegment(FLOATS, memory, at, LITTLE_ENDIAN);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  @Override
  public float softmax(float[] scores, int n, float[] lanes) {
    int padded = Math.ceilDiv(n, LANES) * LANES;
    Arrays.fill(scores, n, padded, Float.NEGATIVE_INFINITY);
    FloatVector highest = broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < padded; i += VECTOR_LANES) {
      highest = highest.max(FloatVector.fromArray(FLOATS, scores, i));
    }
    // A maximum is exact, so that its order does not matter.
    float max = highest.reduceLanes(VectorOperators.MAX);
    for (int part = 0; part < LANES; part += VECTOR_LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = part; i < padded; i += LANES) {
        FloatVector e = exp(FloatVector.fromArray(FLOATS, scores, i).sub(max));
        e.intoArray(scores, i);
        sum = sum.add(e);
      }
      sum.intoArray(lanes, part);
    }
    return 1f / ScalarKernels.sumLanes(lanes);
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
    int d = 0;
    for (; d + PAIR <= headDim; d += PAIR) {
      long first = value + (long) d * Float.BYTES;
      FloatVector a = FloatVector.fromArray(FLOATS, out, outAt + d);
      FloatVector b = FloatVector.fromArray(FLOATS, out, outAt + d + VECTOR_LANES);
      for (int slot = 0; slot < slots; slot++) {
        FloatVector weight = broadcast(weights[at + slot]);
        a = load(memory, first + slot * slotStride).fma(weight, a);
        b = load(memory, first + slot * slotStride + VECTOR_BYTES).fma(weight, b);
      }
      a.intoArray(out, outAt + d);
      b.intoArray(out, outAt + d + VECTOR_LANES);
    }
    for (; d + VECTOR_LANES <= headDim; d += VECTOR_LANES) {
      long first = value + (long) d * Float.BYTES;
      FloatVector a = FloatVector.fromArray(FLOATS, out, outAt + d);
      for (int slot = 0; slot < slots; slot++) {
        a = load(memory, first + slot * slotStride).fma(broadcast(weights[at + slot]), a);
      }
      a.intoArray(out, outAt + d);
    }
    for (; d < headDim; d++) {
      out[outAt + d] =
          ScalarKernels.addValue(memory, value, slotStride, d, slots, weights, at, out[outAt + d]);
    }
  }
}
