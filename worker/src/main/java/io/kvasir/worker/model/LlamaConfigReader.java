package io.kvasir.worker.model;

import static io.kvasir.worker.model.ModelLimits.CONTEXT_LENGTH_MAX;
import static io.kvasir.worker.model.ModelLimits.DIM_MAX;
import static io.kvasir.worker.model.ModelLimits.HEADS_MAX;
import static io.kvasir.worker.model.ModelLimits.HEAD_DIM_MAX;
import static io.kvasir.worker.model.ModelLimits.HIDDEN_DIM_MAX;
import static io.kvasir.worker.model.ModelLimits.LAYERS_MAX;

import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.GgufMetadata;
import io.kvasir.worker.model.gguf.Tensor;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the shape of a Llama-family model from metadata and refuses what it does not know. */
final class LlamaConfigReader {

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final String architecture;

  private LlamaConfigReader(GgufFile file) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = metadata.requireText("general.architecture");
  }

  static ModelConfig read(GgufFile file, int vocabularySize) {
    return new LlamaConfigReader(file).read(vocabularySize);
  }

  private ModelConfig read(int vocabularySize) {
    RopeLayout layout = layoutOf(architecture);
    int parts = metadata.whole("split.count", 1, 0, Integer.MAX_VALUE);
    if (parts > 1) {
      throw metadata.refuse(
          "is one of " + parts + " files that a model was split into; merge them into one first");
    }
    if (metadata.whole(key("expert_count"), 0, 0, Integer.MAX_VALUE) > 0) {
      throw metadata.refuse("models with a mixture of experts are not supported");
    }
    int layers = dimension("block_count", LAYERS_MAX);
    int dim = dimension("embedding_length", DIM_MAX);
    int hiddenDim = dimension("feed_forward_length", HIDDEN_DIM_MAX);
    int heads = dimension("attention.head_count", HEADS_MAX);
    int kvHeads = metadata.whole(key("attention.head_count_kv"), heads, 1, HEADS_MAX);
    if (heads % kvHeads != 0) {
      throw metadata.refuse(
          key("attention.head_count")
              + " is "
              + heads
              + ", must be a multiple of the "
              + kvHeads
              + " key-value heads");
    }
    int headDim = headDim(dim, heads);
    double epsilon = metadata.positive(key("attention.layer_norm_rms_epsilon"), null);
    int contextLength = dimension("context_length", CONTEXT_LENGTH_MAX);
    return new ModelConfig(
        metadata.text("general.name").orElseGet(() -> fileName(file.path())),
        architecture,
        layers,
        dim,
        hiddenDim,
        heads,
        kvHeads,
        headDim,
        vocabularySize,
        contextLength,
        (float) epsilon,
        rope(layout, headDim),
        file.find("output.weight").isEmpty(),
        file.find("blk.0.attn_q.bias").isPresent());
  }

  private RopeLayout layoutOf(String architecture) {
    return switch (architecture) {
      case "llama" -> RopeLayout.INTERLEAVED;
      case "qwen2" -> RopeLayout.HALF_SPLIT;
      default ->
          throw metadata.refuse(
              "architecture "
                  + architecture
                  + " is not supported; supported are llama (also Mistral) and qwen2");
    };
  }

  private int headDim(int dim, int heads) {
    Integer absent = dim % heads == 0 ? dim / heads : null;
    if (absent == null && !metadata.contains(key("attention.key_length"))) {
      throw metadata.refuse(
          key("embedding_length")
              + " is "
              + dim
              + ", must be a multiple of the "
              + heads
              + " heads");
    }
    int keyLength = metadata.whole(key("attention.key_length"), absent, 1, HEAD_DIM_MAX);
    int valueLength = metadata.whole(key("attention.value_length"), keyLength, 1, HEAD_DIM_MAX);
    if (keyLength != valueLength) {
      throw metadata.refuse(
          "heads with "
              + keyLength
              + " key and "
              + valueLength
              + " value elements are not supported; they must be equal");
    }
    return keyLength;
  }

  private RopeConfig rope(RopeLayout layout, int headDim) {
    int ropeDim = metadata.whole(key("rope.dimension_count"), headDim, 2, headDim);
    if (ropeDim % 2 != 0) {
      throw metadata.refuse(key("rope.dimension_count") + " is " + ropeDim + ", must be even");
    }
    double freqBase = metadata.positive(key("rope.freq_base"), 10000.0);
    return new RopeConfig(layout, ropeDim, freqBase, linearFactor(), freqFactors(ropeDim));
  }

  private double linearFactor() {
    String typeKey = key("rope.scaling.type");
    String type = metadata.text(typeKey).orElse("");
    return switch (type) {
      case "linear" -> metadata.positive(key("rope.scaling.factor"), null);
      case "" -> metadata.positive(key("rope.scale_linear"), 1.0);
      case "none" -> 1;
      case "llama3" -> {
        if (file.find(LlamaTensors.ROPE_FREQS).isEmpty()) {
          throw metadata.refuse(
              typeKey + " is llama3, but the tensor " + LlamaTensors.ROPE_FREQS + " is missing");
        }
        yield 1;
      }
      default ->
          throw metadata.refuse(
              typeKey
                  + " "
                  + type
                  + " is not supported; supported are none, linear and llama3 (by the tensor "
                  + LlamaTensors.ROPE_FREQS
                  + ")");
    };
  }

  private float @Nullable [] freqFactors(int ropeDim) {
    Optional<Tensor> tensor = file.find(LlamaTensors.ROPE_FREQS);
    if (tensor.isEmpty()) {
      return null;
    }
    float[] factors = LlamaTensors.vector(metadata, tensor.get(), ropeDim / 2);
    for (float factor : factors) {
      if (!(factor > 0) || Float.isInfinite(factor)) {
        throw metadata.refuse(
            "tensor "
                + LlamaTensors.ROPE_FREQS
                + " holds "
                + factor
                + ", must be finite and above 0");
      }
    }
    return factors;
  }

  private int dimension(String name, int max) {
    return metadata.whole(key(name), null, 1, max);
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
