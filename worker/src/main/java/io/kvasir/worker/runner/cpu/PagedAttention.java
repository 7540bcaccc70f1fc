package io.kvasir.worker.runner.cpu;

import static io.kvasir.worker.runner.cpu.MatrixPacker.FLOAT;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.worker.memory.KvArena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention over KV in blocks: each query walks its sequence's block table from position 0 to its
 * own, in order, so its result does not depend on what else is computed. Thread-safe; scratch
 * belongs to the member.
 */
final class PagedAttention {
  private final Kernels kernels;
  private final MemorySegment memory;
  private final BlockLayout layout;
  private final int blockTokens;
  private final int headDim;
  private final int kvHeads;
  private final int groupHeads;
  private final float scale;

  /** Buffers of one member of the team. */
  static final class Scratch {
    final float[] scores;
    final float[] lanes = new float[Kernels.LANES];

    Scratch(int maxPositions, int blockTokens) {
      scores = new float[maxPositions + blockTokens + Kernels.LANES];
    }
  }

  /**
   * Binds kernels to blocks.
   *
   * @param heads query heads, a multiple of the geometry's heads
   */
  PagedAttention(Kernels kernels, KvArena arena, int heads) {
    this.kernels = kernels;
    memory = arena.segment();
    layout = arena.layout();
    BlockGeometry geometry = arena.geometry();
    blockTokens = geometry.blockTokens();
    headDim = geometry.headDim();
    kvHeads = geometry.kvHeads();
    groupHeads = heads / kvHeads;
    scale = (float) (1 / Math.sqrt(headDim));
  }

  /** Writes the K and V of one position, all heads. */
  void store(int[] blockIds, int layer, int position, float[] k, int kAt, float[] v, int vAt) {
    int block = blockIds[position / blockTokens];
    int slot = position % blockTokens;
    for (int head = 0; head < kvHeads; head++) {
      long key = layout.keyOffset(block, layer, head, slot, 0);
      long value = layout.valueOffset(block, layer, head, slot, 0);
      int from = head * headDim;
      for (int d = 0; d < headDim; d++) {
        memory.set(FLOAT, key + d * layout.keyDimStride(), k[kAt + from + d]);
      }
      MemorySegment.copy(v, vAt + from, memory, FLOAT, value, headDim);
    }
  }

  /**
   * Attends from one position with all query heads that share a KV head.
   *
   * @param q all query heads of the row, from {@code qAt} on
   * @param out like q
   */
  void attend(
      int[] blockIds,
      int layer,
      int kvHead,
      int position,
      float[] q,
      int qAt,
      float[] out,
      int outAt,
      Scratch scratch) {
    for (int head = kvHead * groupHeads; head < (kvHead + 1) * groupHeads; head++) {
      int at = head * headDim;
      attendHead(blockIds, layer, kvHead, position + 1, q, qAt + at, out, outAt + at, scratch);
    }
  }

  private void attendHead(
      int[] blockIds,
      int layer,
      int kvHead,
      int tokens,
      float[] q,
      int qAt,
      float[] out,
      int outAt,
      Scratch scratch) {
    float[] scores = scratch.scores;
    long dimStride = layout.keyDimStride();
    for (int first = 0, b = 0; first < tokens; first += blockTokens, b++) {
      long key = layout.keyOffset(blockIds[b], layer, kvHead);
      int slots = Math.min(blockTokens, tokens - first);
      kernels.scores(memory, key, headDim, dimStride, slots, q, qAt, scale, scores, first);
    }
    float factor = kernels.softmax(scores, tokens, scratch.lanes);
    Arrays.fill(out, outAt, outAt + headDim, 0f);
    long slotStride = layout.valueSlotStride();
    for (int first = 0, b = 0; first < tokens; first += blockTokens, b++) {
      long value = layout.valueOffset(blockIds[b], layer, kvHead);
      int slots = Math.min(blockTokens, tokens - first);
      kernels.addValues(memory, value, slotStride, headDim, slots, scores, first, out, outAt);
    }
    for (int d = outAt; d < outAt + headDim; d++) {
      out[d] *= factor;
    }
  }
}
