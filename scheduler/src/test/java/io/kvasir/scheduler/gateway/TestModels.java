package io.kvasir.scheduler.gateway;

import java.util.Optional;

/** Models for tests. */
public final class TestModels {
  private TestModels() {}

  /** Every byte is a token, and there is no chat template. */
  public static ServedModel bytes(int contextLength) {
    ByteTokenizer tokenizer = new ByteTokenizer();
    return new ServedModel(
        "bytes",
        "hash",
        "0".repeat(64),
        tokenizer.vocabularySize(),
        contextLength,
        16,
        8,
        tokenizer,
        Optional.empty(),
        ServedModel.endOfTextIds(tokenizer));
  }
}
