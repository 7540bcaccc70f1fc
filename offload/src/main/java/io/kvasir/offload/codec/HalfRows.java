package io.kvasir.offload.codec;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns one half (K or V) of one layer of a block into rows and back: one row per token, one column
 * per channel, {@code channel = head * headDim + dim}. Confined to one thread.
 */
final class HalfRows {
  /** An element of a block. */
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final BlockLayout layout;
  private final int heads;
  private final int headDim;
  private final int blockTokens;
  private final int channels;
  private final float[] headKeys;

  HalfRows(BlockGeometry geometry) {
    layout = new BlockLayout(geometry);
    heads = geometry.kvHeads();
    headDim = geometry.headDim();
    blockTokens = geometry.blockTokens();
    channels = heads * headDim;
    headKeys = new float[headDim * blockTokens];
  }

  /** Columns of a row. */
  int channels() {
    return channels;
  }

  /** Reads the first {@code tokens} rows of a half: 0 is K, 1 is V. */
  void load(MemorySegment block, int layer, int half, int tokens, float[] rows) {
    for (int head = 0; head < heads; head++) {
      int column = head * headDim;
      if (half == 0) {
        long from = layout.keyOffset(0, layer, head);
        MemorySegment.copy(block, FLOAT, from, headKeys, 0, headKeys.length);
        for (int token = 0; token < tokens; token++) {
          int at = token * channels + column;
          for (int d = 0; d < headDim; d++) {
            rows[at + d] = headKeys[d * blockTokens + token];
          }
        }
      } else {
        for (int token = 0; token < tokens; token++) {
          long from = layout.valueOffset(0, layer, head, token, 0);
          MemorySegment.copy(block, FLOAT, from, rows, token * channels + column, headDim);
        }
      }
    }
  }

  /** Writes the first {@code tokens} rows of a half and leaves the other slots as they are. */
  void store(float[] rows, int layer, int half, int tokens, MemorySegment block) {
    for (int head = 0; head < heads; head++) {
      int column = head * headDim;
      if (half == 0) {
        storeKeys(rows, column, layout.keyOffset(0, layer, head), tokens, block);
      } else {
        for (int token = 0; token < tokens; token++) {
          long to = layout.valueOffset(0, layer, head, token, 0);
          MemorySegment.copy(rows, token * channels + column, block, FLOAT, to, headDim);
        }
      }
    }
  }

  private void storeKeys(float[] rows, int column, long to, int tokens, MemorySegment block) {
    if (tokens < blockTokens) {
      MemorySegment.copy(block, FLOAT, to, headKeys, 0, headKeys.length);
    }
    for (int d = 0; d < headDim; d++) {
      for (int token = 0; token < tokens; token++) {
        headKeys[d * blockTokens + token] = rows[token * channels + column + d];
      }
    }
    MemorySegment.copy(headKeys, 0, block, FLOAT, to, headKeys.length);
  }
}
