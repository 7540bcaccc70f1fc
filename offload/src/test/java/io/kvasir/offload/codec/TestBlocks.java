package io.kvasir.offload.codec;

import static io.kvasir.offload.codec.HalfRows.FLOAT;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.random.RandomGenerator;

/** Blocks of several kinds, from a seed. */
final class TestBlocks {
  /** Shapes: the usual, one of everything, and some that divide by nothing. */
  static final List<BlockGeometry> SHAPES =
      List.of(
          new BlockGeometry(6, 2, 32, 4, 16),
          new BlockGeometry(1, 1, 1, 4, 1),
          new BlockGeometry(1, 1, 3, 4, 5),
          new BlockGeometry(5, 3, 7, 4, 9),
          new BlockGeometry(3, 4, 8, 4, 32),
          new BlockGeometry(2, 1, 64, 4, 1));

  private static final float[] EDGES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    1f,
    -1e30f,
    1e-30f
  };

  /** What a block holds. */
  enum Kind {
    /** Zeros only. */
    ZERO,
    /** Channels with a mean and a spread of their own, as in a model. */
    LIKE_KV,
    /** The same, with a value here and there that is none or far off. */
    WITH_OUTLIERS,
    /** Any 32 bits. */
    ANY_BITS,
    /** Only what floats have at their edges. */
    EDGES
  }

  private TestBlocks() {}

  static MemorySegment empty(BlockGeometry shape) {
    return Arena.ofAuto().allocate(shape.blockBytes(), Long.BYTES);
  }

  static MemorySegment of(BlockGeometry shape, Kind kind, RandomGenerator random) {
    MemorySegment block = empty(shape);
    switch (kind) {
      case ZERO -> {}
      case LIKE_KV -> likeKv(shape, block, random);
      case WITH_OUTLIERS -> {
        likeKv(shape, block, random);
        for (long at = 0; at < block.byteSize(); at += Float.BYTES) {
          if (random.nextInt(40) == 0) {
            block.set(FLOAT, at, EDGES[random.nextInt(EDGES.length)]);
          }
        }
      }
      case ANY_BITS -> {
        for (long at = 0; at < block.byteSize(); at += Float.BYTES) {
          block.set(FLOAT, at, Float.intBitsToFloat(random.nextInt()));
        }
      }
      case EDGES -> {
        for (long at = 0; at < block.byteSize(); at += Float.BYTES) {
          block.set(FLOAT, at, EDGES[random.nextInt(EDGES.length)]);
        }
      }
    }
    return block;
  }

  private static void likeKv(BlockGeometry shape, MemorySegment block, RandomGenerator random) {
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (int kv = 0; kv < 2; kv++) {
        for (int head = 0; head < shape.kvHeads(); head++) {
          for (int dim = 0; dim < shape.headDim(); dim++) {
            double mean = random.nextGaussian();
            double spread = Math.exp(random.nextGaussian());
            for (int slot = 0; slot < shape.blockTokens(); slot++) {
              float value = (float) (mean + spread * random.nextGaussian());
              block.set(FLOAT, offset(shape, layer, kv, head, slot, dim), value);
            }
          }
        }
      }
    }
  }

  /** Where an element lies: {@code kv} 0 is K, 1 is V. */
  static long offset(BlockGeometry shape, int layer, int kv, int head, int slot, int dim) {
    BlockLayout layout = new BlockLayout(shape);
    return kv == 0
        ? layout.keyOffset(0, layer, head, slot, dim)
        : layout.valueOffset(0, layer, head, slot, dim);
  }

  /** One element. */
  static float value(
      MemorySegment block, BlockGeometry shape, int layer, int kv, int head, int slot, int dim) {
    return block.get(FLOAT, offset(shape, layer, kv, head, slot, dim));
  }

  /** Encodes into memory of exactly the size that the codec asks for; its bytes. */
  static MemorySegment encode(BlockCodec codec, MemorySegment block, int tokens) {
    MemorySegment out = MemorySegment.ofArray(new byte[codec.maxEncodedBytes()]);
    int bytes = codec.encode(block, tokens, out);
    return out.asSlice(0, bytes);
  }
}
