package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.ModelConfig;

/**
 * Buffers of a forward pass, allocated once for the largest batch. A row of each starts at a
 * multiple of its stride, which has room for whole panels.
 */
final class Activations {
  /** Sampled rows whose logits are computed together. */
  static final int LOGIT_ROWS = 4 * Kernels.ROW_TILE;

  /** Keeps rows from a power of two apart, where they would compete for the same cache sets. */
  private static final int PADDING = 16;

  final int dimStride;
  final int queryStride;
  final int kvStride;
  final int hiddenStride;
  final int logitStride;

  /** The residual stream. */
  final float[] stream;

  /** The stream after a norm. */
  final float[] normed;

  /** What is added to the stream. */
  final float[] delta;

  final float[] query;
  final float[] key;
  final float[] value;
  final float[] attended;
  final float[] gate;
  final float[] up;
  final float[] last;
  final float[] logits;

  Activations(ModelConfig config, int maxRows) {
    dimStride = stride(config.dim());
    queryStride = stride(config.queryDim());
    kvStride = stride(config.kvDim());
    hiddenStride = stride(config.hiddenDim());
    logitStride = stride(config.vocabularySize());
    int widest = Math.max(Math.max(dimStride, hiddenStride), Math.max(queryStride, kvStride));
    int limit = Integer.MAX_VALUE / widest / Kernels.ROW_TILE * Kernels.ROW_TILE - Kernels.ROW_TILE;
    if (maxRows > limit) {
      throw new IllegalArgumentException(
          "maxBatchTokens is " + maxRows + ", this model's limit is " + limit);
    }
    int rows = Math.ceilDiv(maxRows, Kernels.ROW_TILE) * Kernels.ROW_TILE;
    stream = new float[rows * dimStride];
    normed = new float[rows * dimStride];
    delta = new float[rows * dimStride];
    query = new float[rows * queryStride];
    key = new float[rows * kvStride];
    value = new float[rows * kvStride];
    attended = new float[rows * queryStride];
    gate = new float[rows * hiddenStride];
    up = new float[rows * hiddenStride];
    last = new float[LOGIT_ROWS * dimStride];
    logits = new float[Math.multiplyExact(LOGIT_ROWS, logitStride)];
  }

  private static int stride(int elements) {
    return PackedMatrix.panels(elements) * PackedMatrix.PANEL_ROWS + PADDING;
  }
}
