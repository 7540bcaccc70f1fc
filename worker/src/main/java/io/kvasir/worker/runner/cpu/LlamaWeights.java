package io.kvasir.worker.runner.cpu;

import io.kvasir.offload.store.arena.HostArena;
import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model's weights, packed for the kernels. The embedding stays where the file is mapped: one row
 * of it is read per token.
 */
final class LlamaWeights implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Function<String, Optional<Tensor>> source;
  private final HostArena memory;
  private long used;
  private long parameters;

  private final Tensor embedding;
  private final List<Layer> layers;
  private final float[] outputNorm;
  private final PackedMatrix output;

  /**
   * One transformer layer. Biases are empty where the model has none.
   *
   * @param attentionNorm scales before attention
   * @param query rows are the query heads' elements
   * @param key rows are the key heads' elements
   * @param value rows are the value heads' elements
   * @param queryBias added to the queries
   * @param keyBias added to the keys
   * @param valueBias added to the values
   * @param attentionOutput back to the residual stream
   * @param feedForwardNorm scales before the feed-forward part
   * @param gate goes through SiLU
   * @param up multiplies the gate
   * @param down back to the residual stream
   */
  record Layer(
      float[] attentionNorm,
      PackedMatrix query,
      PackedMatrix key,
      PackedMatrix value,
      float[] queryBias,
      float[] keyBias,
      float[] valueBias,
      PackedMatrix attentionOutput,
      float[] feedForwardNorm,
      PackedMatrix gate,
      PackedMatrix up,
      PackedMatrix down) {}

  /**
   * Packs the weights.
   *
   * @param source finds a tensor by its name in the file
   * @throws IllegalArgumentException if they exceed this machine's memory
   */
  LlamaWeights(ModelConfig config, Function<String, Optional<Tensor>> source) {
    this.source = source;
    embedding = tensor("token_embd.weight");
    String outputName = config.tiedOutput() ? "token_embd.weight" : "output.weight";
    memory = HostArena.allocate("model weights", bytesOfAll(config, outputName));
    try {
      layers =
          IntStream.range(0, config.layers())
              .mapToObj(layer -> layer("blk." + layer + ".", config.qkvBias()))
              .toList();
      outputNorm = vector("output_norm.weight");
      output = matrix(outputName);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private long bytesOfAll(ModelConfig config, String outputName) {
    long sum = bytesOf(outputName);
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = "blk." + layer + ".";
      for (String part :
          List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")) {
        sum += bytesOf(prefix + part + ".weight");
      }
    }
    return sum;
  }

  private long bytesOf(String name) {
    return aligned(MatrixPacker.bytes(tensor(name)));
  }

  private Layer layer(String prefix, boolean bias) {
    return new Layer(
        vector(prefix + "attn_norm.weight"),
        matrix(prefix + "attn_q.weight"),
        matrix(prefix + "attn_k.weight"),
        matrix(prefix + "attn_v.weight"),
        bias ? vector(prefix + "attn_q.bias") : new float[0],
        bias ? vector(prefix + "attn_k.bias") : new float[0],
        bias ? vector(prefix + "attn_v.bias") : new float[0],
        matrix(prefix + "attn_output.weight"),
        vector(prefix + "ffn_norm.weight"),
        matrix(prefix + "ffn_gate.weight"),
        matrix(prefix + "ffn_up.weight"),
        matrix(prefix + "ffn_down.weight"));
  }

  private PackedMatrix matrix(String name) {
    Tensor tensor = tensor(name);
    long bytes = MatrixPacker.bytes(tensor);
    PackedMatrix matrix = MatrixPacker.pack(tensor, memory.segment().asSlice(used, bytes));
    used += aligned(bytes);
    parameters += tensor.elements();
    return matrix;
  }

  private float[] vector(String name) {
    return Dequantizer.all(tensor(name));
  }

  private Tensor tensor(String name) {
    return source
        .apply(name)
        .orElseThrow(() -> new IllegalArgumentException("tensor " + name + " is missing"));
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** Writes the embedding of a token to {@code out}. */
  void embed(int token, float[] out, int at) {
    Dequantizer.row(embedding, token, out, at);
  }

  /** Layers, first to last. */
  Layer layer(int index) {
    return layers.get(index);
  }

  /** Scales before the output projection. */
  float[] outputNorm() {
    return outputNorm;
  }

  /** Rows are the vocabulary. */
  PackedMatrix output() {
    return output;
  }

  /** Weights in matrices, each a multiplication per row. */
  long parameters() {
    return parameters;
  }

  /** Bytes of the packed weights. */
  long byteSize() {
    return memory.byteSize();
  }

  @Override
  public void close() {
    memory.close();
  }
}
