package io.kvasir.worker.runner.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vector kernels against their scalar twins, bit for bit, and both against double precision. */
class KernelsTest {
  private static final long SEED = 4711;
  private final Kernels vector = new VectorKernels();
  private final Kernels scalar = new ScalarKernels();

  private static float[] gaussian(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = GgmlType.class,
      names = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q5_0"})
  void matMulIsTheSameForEveryKernelBatchAndShare(GgmlType type) {
    Random random = new Random(SEED);
    for (int round = 0; round < 30; round++) {
      String name = "seed " + SEED + " round " + round;
      int most = round % 10 == 0 ? 1400 : 200;
      int columns = 1 + random.nextInt(most);
      if (type.blockElements() > 1) {
        columns = Math.ceilDiv(columns, 32) * 32;
      }
      int rows = 1 + random.nextInt(200);
      int batch = 1 + random.nextInt(20);
      Tensor tensor = TinyModels.randomTensor(random, type, "w", columns, rows);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment target = arena.allocate(MatrixPacker.bytes(tensor), 64);
        PackedMatrix w = MatrixPacker.pack(tensor, target);
        int xStride = columns + random.nextInt(5);
        int outStride = w.panels() * PackedMatrix.PANEL_ROWS;
        int padded = Math.ceilDiv(batch, Kernels.ROW_TILE) * Kernels.ROW_TILE;
        float[] x = gaussian(random, padded * xStride);
        float[] expected = new float[padded * outStride];
        scalar.matMul(w, 0, w.panels(), x, xStride, batch, expected, outStride);
        float[] actual = new float[padded * outStride];
        int split = random.nextInt(w.panels() + 1);
        vector.matMul(w, 0, split, x, xStride, batch, actual, outStride);
        vector.matMul(w, split, w.panels(), x, xStride, batch, actual, outStride);
        int used = batch * outStride;
        assertThat(Arrays.copyOf(actual, used)).as(name).isEqualTo(Arrays.copyOf(expected, used));
        for (int t = 0; t < batch; t++) {
          float[] alone = new float[Kernels.ROW_TILE * outStride];
          float[] row = Arrays.copyOfRange(x, t * xStride, t * xStride + columns);
          vector.matMul(w, 0, w.panels(), row, xStride, 1, alone, outStride);
          assertThat(Arrays.copyOf(alone, outStride))
              .as("%s row %d alone", name, t)
              .isEqualTo(Arrays.copyOfRange(expected, t * outStride, (t + 1) * outStride));
          assertClose(name, tensor, row, alone);
        }
      }
    }
  }

  private static void assertClose(String name, Tensor tensor, float[] x, float[] out) {
    float[] w = Dequantizer.all(tensor);
    for (int r = 0; r < tensor.rows(); r++) {
      double sum = 0;
      double size = 0;
      for (int k = 0; k < x.length; k++) {
        double product = (double) w[r * x.length + k] * x[k];
        sum += product;
        size += Math.abs(product);
      }
      assertThat((double) out[r]).as(name).isCloseTo(sum, within(4e-6 * size + 1e-30));
    }
  }

  @Test
  void normsAreTheSame() {
    Random random = new Random(SEED);
    for (int n = 1; n < 150; n++) {
      float[] x = gaussian(random, n + 3);
      float[] weight = gaussian(random, n);
      float[] expected = new float[n + 1];
      float[] actual = new float[n + 1];
      scalar.rmsNorm(x, 3, weight, 1e-5f, expected, 1, n, new float[Kernels.LANES]);
      vector.rmsNorm(x, 3, weight, 1e-5f, actual, 1, n, new float[Kernels.LANES]);
      assertThat(actual).as("n %d", n).isEqualTo(expected);
      double squares = 0;
      for (int i = 0; i < n; i++) {
        squares += (double) x[3 + i] * x[3 + i];
      }
      double last = x[n + 2] / Math.sqrt(squares / n + 1e-5) * weight[n - 1];
      assertThat((double) actual[n]).isCloseTo(last, within(1e-6 * Math.abs(last) + 1e-12));
    }
  }

  @Test
  void swiGluIsTheSame() {
    Random random = new Random(SEED);
    for (int n = 1; n < 100; n++) {
      float[] gate = gaussian(random, n + 2);
      float[] up = gaussian(random, n + 2);
      gate[2] = 300f * gate[2];
      float[] actual = gate.clone();
      float[] expected = gate.clone();
      scalar.swiGlu(expected, 2, up, 1, n);
      vector.swiGlu(actual, 2, up, 1, n);
      assertThat(actual).as("n %d", n).isEqualTo(expected);
      double g = gate[n + 1];
      double last = g / (1 + Math.exp(-g)) * up[n];
      assertThat((double) actual[n + 1]).isCloseTo(last, within(1e-6 * Math.abs(last) + 1e-30));
    }
  }

  @Test
  void exponentialIsAccurateAndSane() {
    for (float x = -86.9f; x < 88f; x += 0.0137f) {
      double exact = Math.exp(x);
      assertThat((double) FloatExp.exp(x)).as("%s", x).isCloseTo(exact, within(3e-7 * exact));
    }
    assertThat(FloatExp.exp(0f)).isEqualTo(1f);
    assertThat(FloatExp.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(FloatExp.exp(-1000f)).isZero();
    assertThat(FloatExp.exp(1e9f)).isFinite();
    assertThat(FloatExp.exp(Float.NaN)).isNaN();
  }

  @Test
  void softmaxIsTheSameWhateverTheBufferHeld() {
    Random random = new Random(SEED);
    for (int n = 1; n < 200; n++) {
      float[] expected = gaussian(random, n + Kernels.LANES);
      expected[random.nextInt(n)] = 50f;
      float[] scores = Arrays.copyOf(expected, n);
      float[] actual = expected.clone();
      Arrays.fill(actual, n, actual.length, Float.NaN);
      float factor = scalar.softmax(expected, n, new float[Kernels.LANES]);
      assertThat(vector.softmax(actual, n, new float[Kernels.LANES])).isEqualTo(factor);
      assertThat(Arrays.copyOf(actual, n)).isEqualTo(Arrays.copyOf(expected, n));
      double sum = 0;
      for (float score : scores) {
        sum += Math.exp(score - 50.0);
      }
      assertThat((double) factor).isCloseTo(1 / sum, within(1e-6));
    }
  }

  @Test
  void attentionKernelsAreTheSameForEveryBlockShape() {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      String name = "seed " + SEED + " round " + round;
      int headDim = 1 + random.nextInt(70);
      int blockTokens = 1 + random.nextInt(40);
      int slots = 1 + random.nextInt(blockTokens);
      try (Arena arena = Arena.ofConfined()) {
        float[] block = gaussian(random, headDim * blockTokens);
        MemorySegment memory = arena.allocate((long) block.length * Float.BYTES, 64);
        MemorySegment.copy(block, 0, memory, MatrixPacker.FLOAT, 0, block.length);
        float[] q = gaussian(random, headDim + 1);
        float[] expected = new float[blockTokens + 2];
        float[] actual = new float[blockTokens + 2];
        long dimStride = (long) blockTokens * Float.BYTES;
        scalar.scores(memory, 0, headDim, dimStride, slots, q, 1, 0.3f, expected, 2);
        vector.scores(memory, 0, headDim, dimStride, slots, q, 1, 0.3f, actual, 2);
        assertThat(Arrays.copyOf(actual, slots + 2))
            .as(name)
            .isEqualTo(Arrays.copyOf(expected, slots + 2));
        double score = 0;
        for (int d = 0; d < headDim; d++) {
          score += (double) block[d * blockTokens + slots - 1] * q[1 + d] * 0.3f;
        }
        assertThat((double) actual[slots + 1]).as(name).isCloseTo(score, within(1e-4));
        float[] weights = gaussian(random, blockTokens + 3);
        float[] expectedOut = gaussian(random, headDim + 1);
        float[] actualOut = expectedOut.clone();
        double last = expectedOut[headDim];
        long slotStride = (long) headDim * Float.BYTES;
        scalar.addValues(memory, 0, slotStride, headDim, slots, weights, 3, expectedOut, 1);
        vector.addValues(memory, 0, slotStride, headDim, slots, weights, 3, actualOut, 1);
        assertThat(actualOut).as(name).isEqualTo(expectedOut);
        for (int s = 0; s < slots; s++) {
          last += (double) weights[3 + s] * block[s * headDim + headDim - 1];
        }
        assertThat((double) actualOut[headDim]).as(name).isCloseTo(last, within(1e-4));
      }
    }
  }
}
