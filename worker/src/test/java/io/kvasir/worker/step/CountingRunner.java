package io.kvasir.worker.step;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model whose likeliest next token is its last token plus one. Reads no KV; the next {@link
 * #execute} throws {@link #failure} when set.
 */
final class CountingRunner implements ModelRunner {
  static final int VOCABULARY = 50;

  @Nullable RuntimeException failure;
  @Nullable Error error;
  int executions;

  @Override
  public String modelName() {
    return "counting";
  }

  @Override
  public String modelFingerprint() {
    return "ab".repeat(32);
  }

  @Override
  public int vocabularySize() {
    return VOCABULARY;
  }

  @Override
  public int contextLength() {
    return 32;
  }

  @Override
  public int maxBatchTokens() {
    return 24;
  }

  @Override
  public BlockGeometry geometry() {
    return new BlockGeometry(1, 1, 1, 4, 4);
  }

  @Override
  public int blockCount() {
    return 20;
  }

  @Override
  public void execute(List<BatchSequence> sequences, float[][] logits) {
    executions++;
    if (failure != null) {
      throw failure;
    }
    if (error != null) {
      throw error;
    }
    int row = 0;
    for (BatchSequence sequence : sequences) {
      if (sequence.sample()) {
        int last = sequence.tokenIds()[sequence.start() + sequence.count() - 1];
        float[] scores = logits[row++];
        for (int i = 0; i < scores.length; i++) {
          scores[i] = i == (last + 1) % VOCABULARY ? 10f : 0f;
        }
      }
    }
  }

  @Override
  public void close() {}
}
