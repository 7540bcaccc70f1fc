package io.kvasir.loadtest.sim.device;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What capacity depends on of a transformer.
 *
 * @param name for people
 * @param layers transformer layers
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param headDim elements of one head
 * @param parameters weights, embeddings included
 * @param weightBytes bytes of all weights as they lie in memory
 * @param kvElementBytes bytes of one element of K or V
 * @param contextTokens longest sequence
 * @param vocabularySize token ids
 * @param source where these figures are from
 */
public record ModelShape(
    String name,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    long parameters,
    long weightBytes,
    int kvElementBytes,
    int contextTokens,
    int vocabularySize,
    String source) {

  /** Refuses what is no model. */
  public ModelShape {
    require("layers", layers, 1);
    require("heads", heads, 1);
    require("kvHeads", kvHeads, 1);
    require("headDim", headDim, 1);
    require("parameters", parameters, 1);
    require("weightBytes", weightBytes, 1);
    require("kvElementBytes", kvElementBytes, 1);
    require("contextTokens", contextTokens, 2);
    require("vocabularySize", vocabularySize, 8);
  }

  private static void require(String field, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(field + " is " + value + ", must be at least " + least);
    }
  }

  /** The shape of a model file as the CPU runner holds it: KV as 32-bit floats. */
  public static ModelShape of(ModelFile file) {
    ModelConfig config = file.config();
    long parameters = 0;
    long bytes = 0;
    for (Tensor tensor : file.gguf().tensors()) {
      parameters += tensor.elements();
      bytes += tensor.data().byteSize();
    }
    return new ModelShape(
        config.name(),
        config.layers(),
        config.heads(),
        config.kvHeads(),
        config.headDim(),
        parameters,
        bytes,
        Float.BYTES,
        config.contextLength(),
        config.vocabularySize(),
        "the model file");
  }

  /** The shape of one block. */
  public BlockGeometry geometry(int blockTokens) {
    return new BlockGeometry(layers, kvHeads, headDim, kvElementBytes, blockTokens);
  }

  /** Bytes of one token's KV. */
  public long kvTokenBytes() {
    return geometry(1).tokenBytes();
  }

  /** What a report says of it. */
  public Map<String, Object> assumptions() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", name);
    facts.put("layers", layers);
    facts.put("heads", heads);
    facts.put("kv_heads", kvHeads);
    facts.put("head_dim", headDim);
    facts.put("parameters", parameters);
    facts.put("weight_bytes", weightBytes);
    facts.put("kv_bytes_per_token", kvTokenBytes());
    facts.put("context_tokens", contextTokens);
    facts.put("source", source);
    return facts;
  }
}
