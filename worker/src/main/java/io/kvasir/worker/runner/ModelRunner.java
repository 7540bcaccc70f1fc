package io.kvasir.worker.runner;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.util.List;

/**
 * Executes batches of one model over its own KV arena. Confined to the worker loop, except {@link
 * #close}, which follows the last {@link #execute}.
 *
 * <p>Contract: the logits of a sequence depend on its own tokens only. They are bit-for-bit the
 * same whatever else is in the batch and however its tokens were split over steps.
 */
public interface ModelRunner extends AutoCloseable {

  /** Name of the model. */
  String modelName();

  /** SHA-256 of what identifies the weights, lower-case hex. */
  String modelFingerprint();

  /** Number of token ids; the length of a row of logits. */
  int vocabularySize();

  /** Longest sequence, tokens. */
  int contextLength();

  /** Most tokens of all sequences of one batch together. */
  int maxBatchTokens();

  /** Shape of one KV block. */
  BlockGeometry geometry();

  /** Blocks in the arena; ids are 0 to blockCount - 1. */
  int blockCount();

  /**
   * Runs one mixed batch of prefill chunks and decodes.
   *
   * @param sequences at most one per request, together at most {@link #maxBatchTokens} tokens
   * @param logits row i receives the logits of the i-th sequence that has {@code sample} set; each
   *     row has {@link #vocabularySize} elements and is overwritten
   */
  void execute(List<BatchSequence> sequences, float[][] logits);

  @Override
  void close();
}
