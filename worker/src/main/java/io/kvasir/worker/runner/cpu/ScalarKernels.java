package io.kvasir.worker.runner.cpu;

import static io.kvasir.worker.runner.cpu.PackedMatrix.BLOCK_COLUMNS;
import static io.kvasir.worker.runner.cpu.PackedMatrix.PANEL_ROWS;
import static io.kvasir.worker.runner.cpu.PackedMatrix.Q8_BLOCK_BYTES;

import io.kvasir.worker.runner.cpu.PackedMatrix.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The kernels one element at a time: the oracle of {@link VectorKernels}, kept for ever. */
final class ScalarKernels implements Kernels {
  private static final ValueLayout.OfFloat FLOAT = MatrixPacker.FLOAT;

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
    for (int panel = panelFrom; panel < panelTo; panel++) {
      long at = w.panelOffset(panel);
      for (int t = 0; t < rows; t++) {
        for (int lane = 0; lane < PANEL_ROWS; lane++) {
          int to = t * outStride + panel * PANEL_ROWS + lane;
          out[to] =
              w.kind() == Kind.F32
                  ? dotF32(w.data(), at, lane, w.columns(), x, t * xStride)
                  : dotQ8(w.data(), at, lane, w.columns(), x, t * xStride);
        }
      }
    }
  }

  private static float dotF32(
      MemorySegment data, long panel, int lane, int columns, float[] x, int xAt) {
    float sum = 0f;
    for (int block = 0; block < columns; block += BLOCK_COLUMNS) {
      float part = 0f;
      for (int k = block; k < Math.min(block + BLOCK_COLUMNS, columns); k++) {
        float weight = data.get(FLOAT, panel + ((long) k * PANEL_ROWS + lane) * Float.BYTES);
        part = Math.fma(weight, x[xAt + k], part);
      }
      sum += part;
    }
    return sum;
  }

  private static float dotQ8(
      MemorySegment data, long panel, int lane, int columns, float[] x, int xAt) {
    float sum = 0f;
    for (int block = 0; block < columns / BLOCK_COLUMNS; block++) {
      long at = panel + (long) block * Q8_BLOCK_BYTES;
      long bytes = at + PANEL_ROWS * Float.BYTES + lane;
      float part = 0f;
      for (int k = 0; k < BLOCK_COLUMNS; k++) {
        float weight = data.get(ValueLayout.JAVA_BYTE, bytes + (long) k * PANEL_ROWS);
        part = Math.fma(weight, x[xAt + block * BLOCK_COLUMNS + k], part);
      }
      sum = Math.fma(data.get(FLOAT, at + (long) lane * Float.BYTES), part, sum);
    }
    return sum;
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
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < n; i++) {
      float value = x[xAt + i];
      lanes[i % LANES] = Math.fma(value, value, lanes[i % LANES]);
    }
    float factor = rmsFactor(sumLanes(lanes), n, epsilon);
    for (int i = 0; i < n; i++) {
      out[outAt + i] = x[xAt + i] * factor * weight[i];
    }
  }

  /** 1 / sqrt(squares / n + epsilon). */
  static float rmsFactor(float squares, int n, float epsilon) {
    return (float) (1 / Math.sqrt((double) squares / n + epsilon));
  }

  /** Adds the partial sums in a tree; overwrites them. */
  static float sumLanes(float[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }

  @Override
  public void swiGlu(float[] gate, int gateAt, float[] up, int upAt, int n) {
    for (int i = 0; i < n; i++) {
      gate[gateAt + i] = silu(gate[gateAt + i]) * up[upAt + i];
    }
  }

  private static float silu(float x) {
    return x / (1f + FloatExp.exp(-x));
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
    for (int slot = 0; slot < slots; slot++) {
      scores[at + slot] = score(memory, key, headDim, dimStride, slot, q, qAt) * scale;
    }
  }

  /** The sum of one slot, before the scale. */
  static float score(
      MemorySegment memory, long key, int headDim, long dimStride, int slot, float[] q, int qAt) {
    float sum0 = 0f;
    float sum1 = 0f;
    float sum2 = 0f;
    float sum3 = 0f;
    for (int d = 0; d < headDim; d++) {
      float k = memory.get(FLOAT, key + d * dimStride + (long) slot * Float.BYTES);
      switch (d % 4) {
        case 0 -> sum0 = Math.fma(k, q[qAt + d], sum0);
        case 1 -> sum1 = Math.fma(k, q[qAt + d], sum1);
        case 2 -> sum2 = Math.fma(k, q[qAt + d], sum2);
        default -> sum3 = Math.fma(k, q[qAt + d], sum3);
      }
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  @Override
  public float softmax(float[] scores, int n, float[] lanes) {
    float max = scores[0];
    for (int i = 1; i < n; i++) {
      max = Math.max(max, scores[i]);
    }
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < n; i++) {
      scores[i] = FloatExp.exp(scores[i] - max);
      lanes[i % LANES] += scores[i];
    }
    return 1f / sumLanes(lanes);
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
    for (int d = 0; d < headDim; d++) {
      out[outAt + d] = addValue(memory, value, slotStride, d, slots, weights, at, out[outAt + d]);
    }
  }

  /** One element of {@link #addValues}. */
  static float addValue(
      MemorySegment memory,
      long value,
      long slotStride,
      int dim,
      int slots,
      float[] weights,
      int at,
      float sum) {
    for (int slot = 0; slot < slots; slot++) {
      float v = memory.get(FLOAT, value + slot * slotStride + (long) dim * Float.BYTES);
      sum = Math.fma(v, weights[at + slot], sum);
    }
    return sum;
  }
}
