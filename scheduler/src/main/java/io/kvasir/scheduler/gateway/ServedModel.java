package io.kvasir.scheduler.gateway;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.ChatTemplate;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import io.kvasir.worker.runner.ModelRunner;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the gateway knows of the one model a server serves.
 *
 * @param name from the model file
 * @param architecture such as "llama"
 * @param fingerprint SHA-256 of what identifies the weights, lower-case hex
 * @param vocabularySize number of token ids
 * @param contextLength prompt and output together, tokens
 * @param blockTokens tokens per KV block
 * @param kvBytesPerToken KV bytes of one token
 * @param tokenizer text to ids and back
 * @param chatTemplate renders conversations, where the model has one
 * @param endOfTextIds ids by which the model ends a text
 */
public record ServedModel(
    String name,
    String architecture,
    String fingerprint,
    int vocabularySize,
    int contextLength,
    int blockTokens,
    long kvBytesPerToken,
    Tokenizer tokenizer,
    Optional<ChatTemplate> chatTemplate,
    List<Integer> endOfTextIds) {

  public ServedModel {
    endOfTextIds = List.copyOf(endOfTextIds);
  }

  /**
   * A model as its file describes it.
   *
   * @param fingerprint of what computes
   * @param contextLength of what computes
   * @param geometry shape of one KV block
   */
  public static ServedModel of(
      ModelFile file, String fingerprint, int contextLength, BlockGeometry geometry) {
    return new ServedModel(
        file.name(),
        file.config().architecture(),
        fingerprint,
        file.config().vocabularySize(),
        contextLength,
        geometry.blockTokens(),
        geometry.blockBytes() / geometry.blockTokens(),
        file.tokenizer(),
        file.chatTemplate(),
        endOfTextIds(file.tokenizer()));
  }

  /** A model and the runner that computes it. */
  public static ServedModel of(ModelFile file, ModelRunner runner) {
    return of(file, runner.modelFingerprint(), runner.contextLength(), runner.geometry());
  }

  /** The ids of {@code tokenizer} that end a text. */
  public static List<Integer> endOfTextIds(Tokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabularySize())
        .filter(tokenizer::isEndOfText)
        .boxed()
        .toList();
  }
}
