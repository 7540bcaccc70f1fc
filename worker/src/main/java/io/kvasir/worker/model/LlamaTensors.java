package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.GgufMetadata;
import io.kvasir.worker.model.gguf.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and shapes of the tensors of a Llama-family model. A file has to hold exactly these: a
 * tensor that is missing, misshapen or unknown to us means that the model would compute nonsense.
 */
final class LlamaTensors {

  static final String ROPE_FREQS = "rope_freqs.weight";

  private LlamaTensors() {}

  static void check(GgufFile file, ModelConfig config) {
    Map<String, long[]> expected = shapes(config);
    GgufMetadata metadata = file.metadata();
    expected.forEach((name, dims) -> {
      Tensor tensor =
          file.find(name).orElseThrow(() -> metadata.refuse("tensor " + name + " is missing"));
      requireShape(metadata, tensor, dims);
    });
    for (Tensor tensor : file.tensors()) {
      String name = tensor.name();
      if (!expected.containsKey(name) && !name.equals(ROPE_FREQS) && !isRedundant(name)) {
        throw metadata.refuse(
            "tensor "
                + name
                + " is not part of a "
                + config.architecture()
                + " model as known here");
      }
    }
  }

  /** Old converters stored the rotation table, which follows from the metadata. */
  private static boolean isRedundant(String name) {
    return name.endsWith(".attn_rot_embd") || name.endsWith(".attn_rot_embd.weight");
  }

  static float[] vector(GgufMetadata metadata, Tensor tensor, int elements) {
    requireShape(metadata, tensor, elements);
    return Dequantizer.all(tensor);
  }

  private static void requireShape(GgufMetadata metadata, Tensor tensor, long... dims) {
    if (!Arrays.equals(withoutTrailingOnes(tensor.dims()), withoutTrailingOnes(dims))) {
      throw metadata.refuse(
          "tensor "
              + tensor.name()
              + " has shape "
              + Arrays.toString(tensor.dims())
              + ", expected "
              + Arrays.toString(dims));
    }
  }

  private static long[] withoutTrailingOnes(long[] dims) {
    int length = dims.length;
    while (length > 1 && dims[length - 1] == 1) {
      length--;
    }
    return Arrays.copyOf(dims, length);
  }

  /** The tensors that a model of this shape consists of, sizes innermost first. */
  static Map<String, long[]> shapes(ModelConfig config) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long dim = config.dim();
    long hidden = config.hiddenDim();
    long queryDim = config.queryDim();
    long kvDim = config.kvDim();
    long vocabulary = config.vocabularySize();
    shapes.put("token_embd.weight", shape(dim, vocabulary));
    shapes.put("output_norm.weight", shape(dim));
    if (!config.tiedOutput()) {
      shapes.put("output.weight", shape(dim, vocabulary));
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = "blk." + layer + ".";
      shapes.put(prefix + "attn_norm.weight", shape(dim));
      shapes.put(prefix + "attn_q.weight", shape(dim, queryDim));
      shapes.put(prefix + "attn_k.weight", shape(dim, kvDim));
      shapes.put(prefix + "attn_v.weight", shape(dim, kvDim));
      shapes.put(prefix + "attn_output.weight", shape(queryDim, dim));
      shapes.put(prefix + "ffn_norm.weight", shape(dim));
      shapes.put(prefix + "ffn_gate.weight", shape(dim, hidden));
      shapes.put(prefix + "ffn_up.weight", shape(dim, hidden));
      shapes.put(prefix + "ffn_down.weight", shape(hidden, dim));
      if (config.qkvBias()) {
        shapes.put(prefix + "attn_q.bias", shape(queryDim));
        shapes.put(prefix + "attn_k.bias", shape(kvDim));
        shapes.put(prefix + "attn_v.bias", shape(kvDim));
      }
    }
    return shapes;
  }

  private static long[] shape(long... dims) {
    return dims;
  }
}
