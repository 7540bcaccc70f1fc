package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Symmetric int8 with a scale for each group of values that have something in common: keys by
 * channel, because a few channels of K are far larger than the others in every token, and values by
 * token (KIVI, arXiv 2402.02750). A group of K is one channel's tokens, a group of V one token's
 * dimensions in one head.
 *
 * <pre>
 * encoded | layer 0 K | layer 0 V | layer 1 K | layer 1 V | ...                    little-endian
 * K       | scale of each channel           | codes of token 0 | codes of token 1 | ...
 * V       | scale of each (token, head)     | codes of token 0 | codes of token 1 | ...
 *           2 bytes each (bfloat16)           1 byte for each channel
 * channel: head * headDim + dim
 * value = code * scale;  code -127 .. 127
 * a negative scale marks a group in which code -128 stands for what is not a finite number
 * </pre>
 *
 * <p>Error of a value: at most {@link #MAX_ERROR} scales of its group, and a scale is the group's
 * largest finite magnitude / 127, rounded to 8 bits of mantissa and at least the smallest normal
 * float. A NaN or an infinity comes back as NaN: what was broken stays visibly so, and the other
 * values of its group are encoded as if it were 0.
 *
 * <p>Only the tokens that count are encoded and decoded; other slots stay as they are. The same
 * block gives the same bytes on every machine. Confined to one thread at a time.
 */
public final class Int8Codec implements BlockCodec {
  /** Names the codec in records. */
  public static final int ID = 1;

  /** Largest error of a value in scales of its group: half a step and the rounding of floats. */
  public static final double MAX_ERROR = 0.501;

  private final BlockGeometry geometry;
  private final HalfRows half;
  private final int channels;
  private final float[] rows;
  private final byte[] codes;
  private final float[] scales;
  private final short[] stored;

  /**
   * A codec for blocks of one shape.
   *
   * @throws IllegalArgumentException if elements are not floats or a block has more than 1 GiB
   */
  public Int8Codec(BlockGeometry geometry) {
    BlockShape.requireFloats("int8", geometry);
    BlockShape.bytes(geometry);
    this.geometry = geometry;
    half = new HalfRows(geometry);
    channels = half.channels();
    rows = new float[channels * geometry.blockTokens()];
    codes = new byte[rows.length];
    scales = new float[channels];
    stored = new short[Math.max(channels, geometry.kvHeads() * geometry.blockTokens())];
  }

  @Override
  public String name() {
    return "int8";
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public boolean exact() {
    return false;
  }

  @Override
  public int maxEncodedBytes() {
    return encodedBytes(geometry.blockTokens());
  }

  /** Bytes of a block of which so many tokens count; they depend on nothing else. */
  int encodedBytes(int tokens) {
    int groups = channels + geometry.kvHeads() * tokens;
    return geometry.layers() * (groups * Short.BYTES + 2 * channels * tokens);
  }

  @Override
  public int encode(MemorySegment block, int tokens, MemorySegment out) {
    BlockShape.check(geometry, block, tokens);
    long at = 0;
    for (int layer = 0; layer < geometry.layers(); layer++) {
      half.load(block, layer, 0, tokens, rows);
      encodeKeys(tokens);
      at = write(out, at, channels, tokens);
      half.load(block, layer, 1, tokens, rows);
      encodeValues(tokens);
      at = write(out, at, tokens * geometry.kvHeads(), tokens);
    }
    return (int) at;
  }

  private long write(MemorySegment out, long at, int groups, int tokens) {
    MemorySegment.copy(stored, 0, out, Int8Rows.SCALE, at, groups);
    long codesAt = at + (long) groups * Short.BYTES;
    MemorySegment.copy(codes, 0, out, ValueLayout.JAVA_BYTE, codesAt, tokens * channels);
    return codesAt + (long) tokens * channels;
  }

  private void encodeKeys(int tokens) {
    Arrays.fill(scales, 0);
    for (int token = 0; token < tokens; token++) {
      int at = token * channels;
      for (int c = 0; c < scales.length; c++) {
        scales[c] = Math.max(scales[c], Math.abs(rows[at + c]));
      }
    }
    for (int c = 0; c < channels; c++) {
      stored[c] = Int8Rows.scaleBits(scales[c], rows, c, channels, tokens);
      scales[c] = 1 / Int8Rows.scale(stored[c]);
    }
    for (int token = 0; token < tokens; token++) {
      Int8Rows.encode(rows, token * channels, scales, codes);
    }
    for (int c = 0; c < channels; c++) {
      Int8Rows.mendCodes(stored[c], rows, codes, c, channels, tokens);
    }
  }

  private void encodeValues(int tokens) {
    int headDim = geometry.headDim();
    int group = 0;
    for (int token = 0; token < tokens; token++) {
      int row = token * channels;
      for (int c = 0; c < channels; c += headDim) {
        float largest = 0;
        for (int i = row + c; i < row + c + headDim; i++) {
          largest = Math.max(largest, Math.abs(rows[i]));
        }
        stored[group] = Int8Rows.scaleBits(largest, rows, row + c, 1, headDim);
        Arrays.fill(scales, c, c + headDim, 1 / Int8Rows.scale(stored[group]));
        group++;
      }
      Int8Rows.encode(rows, row, scales, codes);
    }
    for (int i = 0; i < group; i++) {
      Int8Rows.mendCodes(stored[i], rows, codes, i * headDim, 1, headDim);
    }
  }

  @Override
  public void decode(MemorySegment in, int tokens, MemorySegment block) {
    BlockShape.check(geometry, block, tokens);
    BlockShape.requireSize("int8", in, encodedBytes(tokens));
    long at = 0;
    for (int layer = 0; layer < geometry.layers(); layer++) {
      at = read(in, at, channels, tokens);
      for (int c = 0; c < channels; c++) {
        scales[c] = Int8Rows.scale(stored[c]);
      }
      for (int token = 0; token < tokens; token++) {
        Int8Rows.decode(codes, token * channels, scales, rows);
      }
      for (int c = 0; c < channels; c++) {
        Int8Rows.mendValues(stored[c], codes, rows, c, channels, tokens);
      }
      half.store(rows, layer, 0, tokens, block);
      at = read(in, at, tokens * geometry.kvHeads(), tokens);
      decodeValues(tokens);
      half.store(rows, layer, 1, tokens, block);
    }
  }

  private long read(MemorySegment in, long at, int groups, int tokens) {
    MemorySegment.copy(in, Int8Rows.SCALE, at, stored, 0, groups);
    long codesAt = at + (long) groups * Short.BYTES;
    MemorySegment.copy(in, ValueLayout.JAVA_BYTE, codesAt, codes, 0, tokens * channels);
    return codesAt + (long) tokens * channels;
  }

  private void decodeValues(int tokens) {
    int headDim = geometry.headDim();
    int group = 0;
    for (int token = 0; token < tokens; token++) {
      for (int c = 0; c < channels; c += headDim) {
        Arrays.fill(scales, c, c + headDim, Int8Rows.scale(stored[group++]));
      }
      Int8Rows.decode(codes, token * channels, scales, rows);
    }
    for (int i = 0; i < group; i++) {
      Int8Rows.mendValues(stored[i], codes, rows, i * headDim, 1, headDim);
    }
  }
}
