package io.kvasir.offload.codec;

import static io.kvasir.offload.codec.Int8Kernels.SCALE;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Quantises one half of one layer after the other, token by token: what encoding and profiling have
 * in common. Confined to one thread.
 */
final class HalfQuantiser {
  private final BlockGeometry geometry;
  private final HalfRows half;
  private final DeltaRows deltas;
  private final CacheGenLevel level;
  private final float[] rows;
  private final float[] anchor;
  private final byte[] codes;
  private final short[] scales;
  private final float[] squares;

  HalfQuantiser(BlockGeometry geometry, HalfRows half, DeltaRows deltas, CacheGenLevel level) {
    this.geometry = geometry;
    this.half = half;
    this.deltas = deltas;
    this.level = level;
    rows = new float[half.channels() * geometry.blockTokens()];
    anchor = new float[half.channels()];
    codes = new byte[half.channels()];
    scales = new short[2 * geometry.kvHeads()];
    squares = new float[half.channels()];
  }

  /** Begins a half: quantises the anchor, sets the steps and starts the deltas. */
  void load(MemorySegment block, int layer, int kv, int tokens) {
    half.load(block, layer, kv, tokens, rows);
    float bin = level.bin(layer, geometry.layers());
    for (int head = 0; head < geometry.kvHeads(); head++) {
      quantiseAnchor(head);
    }
    sumSquares(tokens);
    for (int head = 0; head < geometry.kvHeads(); head++) {
      int from = head * geometry.headDim();
      int to = from + geometry.headDim();
      double sum = 0;
      for (int c = from; c < to; c++) {
        sum += squares[c];
      }
      double deltaCount = (double) geometry.headDim() * Math.max(1, tokens - 1);
      short step = StepSize.toBits((float) (bin * Math.sqrt(sum / deltaCount)));
      scales[2 * head + 1] = step;
      for (int c = from; c < to; c++) {
        deltas.steps[c] = StepSize.ofBits(step);
      }
    }
    deltas.start(anchor, 0, bin);
  }

  private void quantiseAnchor(int head) {
    int from = head * geometry.headDim();
    int to = from + geometry.headDim();
    float largest = 0;
    for (int c = from; c < to; c++) {
      float magnitude = Math.abs(rows[c]);
      largest = magnitude <= Float.MAX_VALUE ? Math.max(largest, magnitude) : largest;
    }
    scales[2 * head] = StepSize.toBits(largest / Int8Kernels.LARGEST_CODE);
    float scale = StepSize.ofBits(scales[2 * head]);
    float inverse = 1 / scale;
    for (int c = from; c < to; c++) {
      float rounded = rows[c] * inverse + Int8Kernels.ROUND - Int8Kernels.ROUND;
      float code = Math.clamp(rounded, -Int8Kernels.LARGEST_CODE, Int8Kernels.LARGEST_CODE);
      boolean finite = Math.abs(rows[c]) <= Float.MAX_VALUE;
      codes[c] = finite ? (byte) code : Int8Kernels.NOT_FINITE;
      anchor[c] = finite ? code * scale : Float.NaN;
    }
  }

  /** Squares of all finite deltas against the anchor, by channel. */
  private void sumSquares(int tokens) {
    Arrays.fill(squares, 0);
    for (int token = 1; token < tokens; token++) {
      int at = token * half.channels();
      for (int c = 0; c < squares.length; c++) {
        float delta = rows[at + c] - anchor[c];
        squares[c] += Math.abs(delta) <= Float.MAX_VALUE ? delta * delta : 0;
      }
    }
  }

  /** Writes the scales and the codes of the anchor. */
  void writeAnchor(MemorySegment out, long scalesAt, long codesAt) {
    MemorySegment.copy(scales, 0, out, SCALE, scalesAt, scales.length);
    MemorySegment.copy(codes, 0, out, ValueLayout.JAVA_BYTE, codesAt, codes.length);
  }

  /**
   * Quantises a token, 1 or more. Quotients that their class has no symbol for become escapes,
   * whose values are the original ones.
   */
  void quantise(int token, int[] largest) {
    int at = token * half.channels();
    deltas.classify(token);
    deltas.quantise(rows, at);
    for (int c = 0; c < half.channels(); c++) {
      if (Math.abs(deltas.quotients[c]) > largest[deltas.classes[c]]) {
        deltas.quotients[c] = DeltaRows.ESCAPE;
        deltas.values[c] = rows[at + c];
      }
    }
  }
}
