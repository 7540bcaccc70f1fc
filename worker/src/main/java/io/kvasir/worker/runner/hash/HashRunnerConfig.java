package io.kvasir.worker.runner.hash;

/**
 * Sizes of a {@link HashModelRunner}.
 *
 * @param vocabularySize token ids, at least {@link HashModelRunner#RESERVED_IDS} + 1
 * @param contextLength longest sequence, tokens, at least 1
 * @param blockTokens tokens of one block, at least 1
 * @param blockCount blocks, at least 1
 * @param maxBatchTokens most tokens of one batch, at least 1
 */
public record HashRunnerConfig(
    int vocabularySize, int contextLength, int blockTokens, int blockCount, int maxBatchTokens) {

  public HashRunnerConfig {
    require("vocabularySize", vocabularySize, HashModelRunner.RESERVED_IDS + 1);
    require("contextLength", contextLength, 1);
    require("blockTokens", blockTokens, 1);
    require("blockCount", blockCount, 1);
    require("maxBatchTokens", maxBatchTokens, 1);
  }

  private static void require(String field, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(field + " must be at least " + least + ", is " + value);
    }
  }
}
