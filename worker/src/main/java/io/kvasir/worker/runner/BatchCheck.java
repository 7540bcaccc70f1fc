package io.kvasir.worker.runner;

import java.util.List;

/** Refuses batches that a runner must not execute. */
public final class BatchCheck {
  private BatchCheck() {}

  /**
   * Checks a batch against a runner's limits: positions within the context, token ids within the
   * vocabulary, block tables that reach far enough with ids inside the arena, and one row of logits
   * per sampled sequence. Only what this batch computes or reads is checked.
   *
   * @return number of tokens the batch computes
   * @throws IllegalArgumentException naming the sequence's index in the batch, what is wrong and
   *     the limit
   */
  public static int check(ModelRunner runner, List<BatchSequence> sequences, float[][] logits) {
    long tokens = 0;
    int sampled = 0;
    for (int i = 0; i < sequences.size(); i++) {
      BatchSequence sequence = sequences.get(i);
      checkSequence(runner, i, sequence);
      tokens += sequence.count();
      if (sequence.sample()) {
        checkRow(runner, logits, sampled++);
      }
    }
    if (tokens > runner.maxBatchTokens()) {
      throw new IllegalArgumentException(
          "batch of " + tokens + " tokens, limit " + runner.maxBatchTokens());
    }
    return (int) tokens;
  }

  private static void checkSequence(ModelRunner runner, int index, BatchSequence sequence) {
    int start = sequence.start();
    long end = (long) start + sequence.count();
    int[] tokenIds = sequence.tokenIds();
    require(start >= 0, index, "start", start, 0);
    require(sequence.count() >= 1, index, "count", sequence.count(), 1);
    require(end <= runner.contextLength(), index, "last position + 1", end, runner.contextLength());
    require(end <= tokenIds.length, index, "tokens needed", end, tokenIds.length);
    for (int p = start; p < end; p++) {
      boolean known = tokenIds[p] >= 0 && tokenIds[p] < runner.vocabularySize();
      require(known, index, "token id", tokenIds[p], runner.vocabularySize() - 1);
    }
    int blocks = runner.geometry().blocksFor((int) end);
    int[] blockIds = sequence.blockIds();
    require(blocks <= blockIds.length, index, "blocks needed", blocks, blockIds.length);
    for (int b = 0; b < blocks; b++) {
      boolean known = blockIds[b] >= 0 && blockIds[b] < runner.blockCount();
      require(known, index, "block id", blockIds[b], runner.blockCount() - 1);
    }
  }

  private static void checkRow(ModelRunner runner, float[][] logits, int row) {
    if (row >= logits.length || logits[row].length < runner.vocabularySize()) {
      throw new IllegalArgumentException(
          "logits row " + row + " is missing or shorter than " + runner.vocabularySize());
    }
  }

  private static void require(boolean holds, int index, String what, long value, long limit) {
    if (!holds) {
      throw new IllegalArgumentException(
          "sequence " + index + ": " + what + " " + value + ", limit " + limit);
    }
  }
}
