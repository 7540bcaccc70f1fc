package io.kvasir.worker.model.tokenizer;

import io.kvasir.worker.model.gguf.GgufMetadata;

/** Makes the tokenizer that a model file describes. */
public final class TokenizerReader {

  private static final String PREFIX = "tokenizer.ggml.";

  private TokenizerReader() {}

  /**
   * Reads vocabulary and rules.
   *
   * @throws io.kvasir.worker.model.gguf.ModelFormatException if the kind of tokenizer is not
   *     supported or its tables do not fit together
   */
  public static Tokenizer read(GgufMetadata metadata) {
    String model = metadata.requireText(PREFIX + "model");
    return switch (model) {
      case "llama" -> {
        Vocabulary vocabulary = new Vocabulary(metadata);
        boolean spacePrefix = metadata.flag(PREFIX + "add_space_prefix", true);
        yield new SentencePieceTokenizer(
            metadata, vocabulary, rules(metadata, vocabulary, true, spacePrefix));
      }
      case "gpt2" -> {
        Vocabulary vocabulary = new Vocabulary(metadata);
        PreTokenizer pre = PreTokenizer.of(metadata);
        yield new ByteLevelTokenizer(
            metadata, vocabulary, rules(metadata, vocabulary, pre.bosDefault(), false), pre);
      }
      default ->
          throw metadata.refuse(
              "tokenizer " + model + " is not supported; supported are llama and gpt2");
    };
  }

  private static VocabularyTokenizer.Rules rules(
      GgufMetadata metadata, Vocabulary vocabulary, boolean bosDefault, boolean spacePrefix) {
    boolean bosAbsent = bosDefault && vocabulary.bosId() != Vocabulary.NONE;
    boolean addBos = metadata.flag(PREFIX + "add_bos_token", bosAbsent);
    boolean addEos = metadata.flag(PREFIX + "add_eos_token", false);
    if (addBos && vocabulary.bosId() == Vocabulary.NONE) {
      throw metadata.refuse("tokenizer.ggml.add_bos_token is set without a bos_token_id");
    }
    if (addEos && vocabulary.eosId() == Vocabulary.NONE) {
      throw metadata.refuse("tokenizer.ggml.add_eos_token is set without an eos_token_id");
    }
    return new VocabularyTokenizer.Rules(addBos, addEos, spacePrefix);
  }
}
