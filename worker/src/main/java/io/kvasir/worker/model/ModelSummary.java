package io.kvasir.worker.model;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.GgufMetadata;
import io.kvasir.worker.model.gguf.Tensor;
import io.kvasir.worker.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a model file holds, for people and scripts; the names of the components are the keys of the
 * JSON form.
 *
 * @param file path as given
 * @param fileBytes length of the file
 * @param ggufVersion version of the format
 * @param name name the file gives itself
 * @param architecture the file's word for the family
 * @param parameters weights, biases included
 * @param layers transformer layers
 * @param embeddingLength elements of the residual stream
 * @param feedForwardLength elements of the feed-forward layer
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param headDim elements of one head
 * @param contextLength longest sequence, tokens
 * @param tiedOutput whether the output projection is the token embedding
 * @param qkvBias whether queries, keys and values have biases
 * @param rope rotary positions, one line
 * @param tensorTypes how the weights are stored, most bytes first
 * @param tokenizer kind, size and special tokens
 * @param chatTemplate whether the file has one
 * @param chatTemplateProblem why it cannot be used, if so
 * @param kv memory for keys and values
 * @param fingerprint SHA-256 of what identifies the weights
 */
public record ModelSummary(
    String file,
    long fileBytes,
    int ggufVersion,
    String name,
    String architecture,
    long parameters,
    int layers,
    int embeddingLength,
    int feedForwardLength,
    int heads,
    int kvHeads,
    int headDim,
    int contextLength,
    boolean tiedOutput,
    boolean qkvBias,
    String rope,
    List<TensorTypeCount> tensorTypes,
    TokenizerSummary tokenizer,
    boolean chatTemplate,
    @Nullable String chatTemplateProblem,
    KvSummary kv,
    String fingerprint) {

  /** Bytes of one element in the CPU runner's arena, which holds 32-bit floats. */
  private static final int CPU_ELEMENT_BYTES = Float.BYTES;

  /** Tensors of one element type and their bytes together. */
  public record TensorTypeCount(String type, int tensors, long bytes) {}

  /** Kind of tokenizer (the file's words), number of ids, and the ids with a meaning. */
  public record TokenizerSummary(
      String kind, int vocabularySize, List<SpecialToken> specialTokens) {}

  /** A token with a meaning, for instance role "bos". */
  public record SpecialToken(String role, int id, String text) {}

  /** Bytes of keys and values of one token and of one block, all layers. */
  public record KvSummary(String elementType, long tokenBytes, int blockTokens, long blockBytes) {}

  /** Sums a model up. */
  public static ModelSummary of(ModelFile model, int blockTokens) {
    ModelConfig config = model.config();
    GgufFile file = model.gguf();
    BlockGeometry geometry =
        new BlockGeometry(
            config.layers(), config.kvHeads(), config.headDim(), CPU_ELEMENT_BYTES, blockTokens);
    return new ModelSummary(
        file.path().toString(),
        file.fileBytes(),
        file.version(),
        config.name(),
        config.architecture(),
        file.tensors().stream().mapToLong(Tensor::elements).sum(),
        config.layers(),
        config.dim(),
        config.hiddenDim(),
        config.heads(),
        config.kvHeads(),
        config.headDim(),
        config.contextLength(),
        config.tiedOutput(),
        config.qkvBias(),
        config.rope().describe(),
        tensorTypes(file),
        tokenizer(file.metadata(), model.tokenizer()),
        model.chatTemplate().isPresent(),
        model.chatTemplate().flatMap(ChatTemplate::problem).orElse(null),
        new KvSummary("F32", geometry.tokenBytes(), blockTokens, geometry.blockBytes()),
        model.fingerprint());
  }

  private static List<TensorTypeCount> tensorTypes(GgufFile file) {
    Map<GgmlType, TensorTypeCount> counts = new EnumMap<>(GgmlType.class);
    for (Tensor tensor : file.tensors()) {
      counts.merge(
          tensor.type(),
          new TensorTypeCount(tensor.type().name(), 1, tensor.data().byteSize()),
          (a, b) -> new TensorTypeCount(a.type(), a.tensors() + 1, a.bytes() + b.bytes()));
    }
    return counts.values().stream().sorted((a, b) -> Long.compare(b.bytes(), a.bytes())).toList();
  }

  private static TokenizerSummary tokenizer(GgufMetadata metadata, Tokenizer tokenizer) {
    String kind = metadata.requireText("tokenizer.ggml.model");
    List<SpecialToken> special = new ArrayList<>();
    for (String role : List.of("bos", "eos", "eot", "eom", "unknown", "padding")) {
      OptionalLong id = metadata.whole("tokenizer.ggml." + role + "_token_id");
      if (id.isPresent() && id.getAsLong() >= 0 && id.getAsLong() < tokenizer.vocabularySize()) {
        int token = (int) id.getAsLong();
        special.add(new SpecialToken(role, token, tokenizer.tokenText(token)));
      }
    }
    return new TokenizerSummary(
        metadata.text("tokenizer.ggml.pre").map(pre -> kind + " (" + pre + ")").orElse(kind),
        tokenizer.vocabularySize(),
        special);
  }
}
