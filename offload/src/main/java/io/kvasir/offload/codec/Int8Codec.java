package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import java.lang.foreign.MemorySegment;

/**
 * Symmetric int8 with a scale for each group of values that have something in common: keys by
 * channel, because a few channels of K are far larger than the others in every token, and values by
 * token (KIVI, arXiv 2402.02750). A group of K is one channel's tokens, a group of V one token's
 * dimensions in one head; both are contiguous in a block.
 *
 * <pre>
 * encoded | scales, 2 bytes each (bfloat16) | codes, 1 byte each |
 * scales, codes: for each layer
 *     K  for each head, dim:    1 scale; codes of tokens 0 .. tokens-1
 *     V  for each head, token:  1 scale; codes of dims 0 .. headDim-1
 * value = code * scale;  code -127 .. 127;  code -128 = not a finite number
 * </pre>
 *
 * <p>Error of a value: at most 0.501 scales of its group ({@link #MAX_ERROR}), and a scale is the
 * group's largest finite magnitude / 127, rounded to 8 bits of mantissa and at least the smallest
 * normal float. A NaN or an infinity comes back as NaN: what was broken stays visibly so, and the
 * other values of its group are encoded as if it were 0.
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
  private final BlockLayout layout;
  private final Int8Kernels kernels;
  private final int keyGroups;

  /**
   * A codec for blocks of one shape.
   *
   * @throws IllegalArgumentException if elements are not floats or a block has more than 1 GiB
   */
  public Int8Codec(BlockGeometry geometry) {
    this(geometry, Int8Kernels.best());
  }

  Int8Codec(BlockGeometry geometry, Int8Kernels kernels) {
    BlockShape.requireFloats("int8", geometry);
    BlockShape.bytes(geometry);
    this.geometry = geometry;
    this.kernels = kernels;
    layout = new BlockLayout(geometry);
    keyGroups = geometry.kvHeads() * geometry.headDim();
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

  private int encodedBytes(int tokens) {
    int codes = geometry.layers() * 2 * keyGroups * tokens;
    return scalesBytes(tokens) + codes;
  }

  private int scalesBytes(int tokens) {
    return geometry.layers() * (keyGroups + geometry.kvHeads() * tokens) * Short.BYTES;
  }

  @Override
  public int encode(MemorySegment block, int tokens, MemorySegment out) {
    BlockShape.check(geometry, block, tokens);
    long scale = 0;
    long code = scalesBytes(tokens);
    for (int layer = 0; layer < geometry.layers(); layer++) {
      for (int head = 0; head < geometry.kvHeads(); head++) {
        long key = layout.keyOffset(0, layer, head);
        for (int dim = 0; dim < geometry.headDim(); dim++) {
          kernels.encode(block, key, tokens, out, scale, code);
          key += layout.keyDimStride();
          scale += Short.BYTES;
          code += tokens;
        }
      }
      for (int head = 0; head < geometry.kvHeads(); head++) {
        long value = layout.valueOffset(0, layer, head);
        for (int token = 0; token < tokens; token++) {
          kernels.encode(block, value, geometry.headDim(), out, scale, code);
          value += layout.valueSlotStride();
          scale += Short.BYTES;
          code += geometry.headDim();
        }
      }
    }
    return (int) code;
  }

  @Override
  public void decode(MemorySegment in, int tokens, MemorySegment block) {
    BlockShape.check(geometry, block, tokens);
    BlockShape.requireSize("int8", in, encodedBytes(tokens));
    long scale = 0;
    long code = scalesBytes(tokens);
    for (int layer = 0; layer < geometry.layers(); layer++) {
      for (int head = 0; head < geometry.kvHeads(); head++) {
        long key = layout.keyOffset(0, layer, head);
        for (int dim = 0; dim < geometry.headDim(); dim++) {
          kernels.decode(in, scale, code, tokens, block, key);
          key += layout.keyDimStride();
          scale += Short.BYTES;
          code += tokens;
        }
      }
      for (int head = 0; head < geometry.kvHeads(); head++) {
        long value = layout.valueOffset(0, layer, head);
        for (int token = 0; token < tokens; token++) {
          kernels.decode(in, scale, code, geometry.headDim(), block, value);
          value += layout.valueSlotStride();
          scale += Short.BYTES;
          code += geometry.headDim();
        }
      }
    }
  }
}
