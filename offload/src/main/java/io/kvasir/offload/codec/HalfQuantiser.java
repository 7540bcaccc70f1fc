package io.kvasir.offload.codec;

import static io.kvasir.offload.codec.Int8Rows.SCALE;

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
  private final float[] anchorScales;
  private final float[] inverses;
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
    anchorScales = new float[half.channels()];
    inverses = new float[half.channels()];
    codes = new byte[half.channels()];
    scales = new short[2 * geometry.kvHeads()];
    squares = new float[half.channels()];
  }

  /** Begins a half: quantises the anchor, sets the steps and starts the deltas. */
  void load(MemorySegment block, int layer, int kv, int tokens) {
    half.load(block, layer, kv, tokens, rows);
    float bin = level.bin(layer, geometry.layers());
    quantiseAnchor();
    sumSquares(tokens);
    for (int head = 0; head < geometry.kvHeads(); head++) {
      int from = head * geometry.headDim();
      int to = from + geometry.headDim();
      double sum = 0;
      for (int c = from; c < to; c++) {
        sum += Float.isFinite(squares[c]) ? squares[c] : finiteSquares(c, tokens);
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

  private void quantiseAnchor() {
    int headDim = geometry.headDim();
    for (int head = 0; head < geometry.kvHeads(); head++) {
      int from = head * headDim;
      float largest = 0;
      for (int c = from; c < from + headDim; c++) {
        largest = Math.max(largest, Math.abs(rows[c]));
      }
      scales[2 * head] = Int8Rows.scaleBits(largest, rows, from, 1, headDim);
      float scale = Int8Rows.scale(scales[2 * head]);
      Arrays.fill(anchorScales, from, from + headDim, scale);
      Arrays.fill(inverses, from, from + headDim, 1 / scale);
    }
    Int8Rows.encode(rows, 0, inverses, codes);
    Int8Rows.decode(codes, 0, anchorScales, anchor);
    for (int head = 0; head < geometry.kvHeads(); head++) {
      short bits = scales[2 * head];
      Int8Rows.mendCodes(bits, rows, codes, head * headDim, 1, headDim);
      Int8Rows.mendValues(bits, codes, anchor, head * headDim, 1, headDim);
    }
  }

  private void sumSquares(int tokens) {
    Arrays.fill(squares, 0);
    for (int token = 1; token < tokens; token++) {
      int at = token * half.channels();
      for (int c = 0; c < squares.length; c++) {
        float delta = rows[at + c] - anchor[c];
        squares[c] += delta * delta;
      }
    }
  }

  /** The sum of a channel where floats did not do: of its finite deltas, without overflow. */
  private double finiteSquares(int channel, int tokens) {
    double sum = 0;
    for (int token = 1; token < tokens; token++) {
      double delta = (double) rows[token * half.channels() + channel] - anchor[channel];
      sum += Double.isFinite(delta) ? delta * delta : 0;
    }
    return sum;
  }

  /** Writes the scales and the codes of the anchor. */
  void writeAnchor(MemorySegment out, long scalesAt, long codesAt) {
    MemorySegment.copy(scales, 0, out, SCALE, scalesAt, scales.length);
    MemorySegment.copy(codes, 0, out, ValueLayout.JAVA_BYTE, codesAt, codes.length);
  }

  /** Quantises a token, 1 or more. */
  void quantise(int token, int[] largest) {
    int at = token * half.channels();
    deltas.classify(token);
    deltas.quantise(rows, at);
    deltas.reconstruct();
    deltas.escape(rows, at, largest);
  }

  /** The value of a token as it was given. */
  float value(int token, int channel) {
    return rows[token * half.channels() + channel];
  }
}
