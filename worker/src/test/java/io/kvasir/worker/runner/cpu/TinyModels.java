package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.RopeConfig;
import io.kvasir.worker.model.RopeLayout;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Random models of a few thousand parameters, in any weight type. */
final class TinyModels {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TinyModels() {}

  /** A model in memory. */
  record Model(ModelConfig config, TreeMap<String, Tensor> tensors) {
    Optional<Tensor> find(String name) {
      return Optional.ofNullable(tensors.get(name));
    }

    Tensor tensor(String name) {
      return find(name).orElseThrow();
    }

    CpuModelRunner runner(CpuRunnerConfig config) {
      Kernels kernels = config.scalar() ? Kernels.scalar() : Kernels.vector();
      return new CpuModelRunner(config(), "0".repeat(64), this::find, config, kernels);
    }
  }

  /** A random shape and weights of one type; quantised types need columns in whole blocks. */
  static Model random(Random random, GgmlType type) {
    boolean blocks = type.blockElements() > 1;
    int kvHeads = 1 + random.nextInt(3);
    int heads = kvHeads * (1 + random.nextInt(3));
    int headDim = blocks ? 32 : 2 * (1 + random.nextInt(20));
    int dim = blocks ? 32 * (1 + random.nextInt(3)) : 1 + random.nextInt(100);
    int hidden = blocks ? 32 * (1 + random.nextInt(5)) : 1 + random.nextInt(150);
    int ropeDim = random.nextBoolean() ? headDim : 2 * (1 + random.nextInt(headDim / 2));
    float[] factors = null;
    if (random.nextInt(3) == 0) {
      factors = new float[ropeDim / 2];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = 0.5f + 4 * random.nextFloat();
      }
    }
    RopeLayout layout = random.nextBoolean() ? RopeLayout.INTERLEAVED : RopeLayout.HALF_SPLIT;
    double linear = random.nextBoolean() ? 1 : 4;
    ModelConfig config =
        new ModelConfig(
            "tiny",
            "llama",
            1 + random.nextInt(3),
            dim,
            hidden,
            heads,
            kvHeads,
            headDim,
            20 + random.nextInt(100),
            256,
            1e-5f,
            new RopeConfig(layout, ropeDim, 10_000, linear, factors),
            random.nextBoolean(),
            random.nextBoolean());
    return of(config, random, type);
  }

  static Model of(ModelConfig config, Random random, GgmlType type) {
    Model model = new Model(config, new TreeMap<>());
    int dim = config.dim();
    matrix(model, random, type, "token_embd.weight", dim, config.vocabularySize());
    vector(model, random, "output_norm.weight", dim, 1);
    if (!config.tiedOutput()) {
      matrix(model, random, type, "output.weight", dim, config.vocabularySize());
    }
    for (int i = 0; i < config.layers(); i++) {
      String layer = "blk." + i + ".";
      vector(model, random, layer + "attn_norm.weight", dim, 1);
      vector(model, random, layer + "ffn_norm.weight", dim, 1);
      matrix(model, random, type, layer + "attn_q.weight", dim, config.queryDim());
      matrix(model, random, type, layer + "attn_k.weight", dim, config.kvDim());
      matrix(model, random, type, layer + "attn_v.weight", dim, config.kvDim());
      matrix(model, random, type, layer + "attn_output.weight", config.queryDim(), dim);
      matrix(model, random, type, layer + "ffn_gate.weight", dim, config.hiddenDim());
      matrix(model, random, type, layer + "ffn_up.weight", dim, config.hiddenDim());
      matrix(model, random, type, layer + "ffn_down.weight", config.hiddenDim(), dim);
      if (config.qkvBias()) {
        vector(model, random, layer + "attn_q.bias", config.queryDim(), 0);
        vector(model, random, layer + "attn_k.bias", config.kvDim(), 0);
        vector(model, random, layer + "attn_v.bias", config.kvDim(), 0);
      }
    }
    return model;
  }

  private static void vector(Model model, Random random, String name, int size, float mean) {
    MemorySegment data = MemorySegment.ofArray(new byte[size * Float.BYTES]);
    for (int i = 0; i < size; i++) {
      data.set(FLOAT, (long) i * Float.BYTES, mean + 0.3f * (float) random.nextGaussian());
    }
    model.tensors().put(name, new Tensor(name, GgmlType.F32, new long[] {size}, data));
  }

  private static void matrix(
      Model model, Random random, GgmlType type, String name, int columns, int rows) {
    model.tensors().put(name, randomTensor(random, type, name, columns, rows));
  }

  /** Weights of the size that keeps activations near 1. */
  static Tensor randomTensor(Random random, GgmlType type, String name, int columns, int rows) {
    byte[] bytes = new byte[Math.toIntExact(type.bytesFor((long) columns * rows))];
    MemorySegment data = MemorySegment.ofArray(bytes);
    float size = (float) (1 / Math.sqrt(columns));
    random.nextBytes(bytes);
    for (long at = 0; at < bytes.length; at += type.blockBytes()) {
      float value = size * (float) random.nextGaussian();
      switch (type) {
        case F32 -> data.set(FLOAT, at, value);
        case F16 -> data.set(SHORT, at, Float.floatToFloat16(value));
        case BF16 -> data.set(SHORT, at, (short) (Float.floatToRawIntBits(value) >> 16));
        case Q8_0 -> data.set(SHORT, at, Float.floatToFloat16(size / 64));
        case Q4_0 -> data.set(SHORT, at, Float.floatToFloat16(size / 4));
        case Q5_0 -> data.set(SHORT, at, Float.floatToFloat16(size / 8));
        default -> throw new IllegalArgumentException("no random weights of type " + type);
      }
    }
    return new Tensor(name, type, new long[] {columns, rows}, data);
  }
}
