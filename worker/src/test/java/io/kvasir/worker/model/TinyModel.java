package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgmlType;
import java.nio.file.Path;
import java.util.Random;

/**
 * Random Llama-family models of any shape for tests: set what matters, leave the rest. The same
 * settings and seed give the same bytes.
 *
 * <pre>{@code
 * Path file = TinyModel.llama(42).dim(64).layers(3).weights(GgmlType.Q8_0).write(folder);
 * }</pre>
 *
 * Block-quantised weights need {@code dim}, {@code hiddenDim} and {@code heads * headDim} to be
 * multiples of 32. Norms and biases are always F32.
 */
public final class TinyModel {

  private final String architecture;
  private final long seed;
  private int dim = 32;
  private int hiddenDim = 64;
  private int layers = 2;
  private int heads = 4;
  private int kvHeads = 2;
  private int headDim;
  private int vocabulary = 320;
  private int contextLength = 256;
  private boolean tied;
  private boolean byteLevel;
  private boolean ropeFactors;
  private double linearFactor = 1;
  private GgmlType weights = GgmlType.F32;

  private TinyModel(String architecture, long seed) {
    this.architecture = architecture;
    this.seed = seed;
  }

  /** Interleaved rotation, no biases, SentencePiece vocabulary, output not tied. */
  public static TinyModel llama(long seed) {
    return new TinyModel("llama", seed);
  }

  /** Half-split rotation, biases on q, k and v, byte-level vocabulary, output not tied. */
  public static TinyModel qwen2(long seed) {
    return new TinyModel("qwen2", seed).byteLevel();
  }

  public TinyModel dim(int dim) {
    this.dim = dim;
    return this;
  }

  public TinyModel hiddenDim(int hiddenDim) {
    this.hiddenDim = hiddenDim;
    return this;
  }

  public TinyModel layers(int layers) {
    this.layers = layers;
    return this;
  }

  public TinyModel heads(int heads, int kvHeads) {
    this.heads = heads;
    this.kvHeads = kvHeads;
    return this;
  }

  /** Elements of a head where it is not dim / heads. */
  public TinyModel headDim(int headDim) {
    this.headDim = headDim;
    return this;
  }

  /** Token ids, at least 300. */
  public TinyModel vocabulary(int vocabulary) {
    this.vocabulary = vocabulary;
    return this;
  }

  public TinyModel contextLength(int contextLength) {
    this.contextLength = contextLength;
    return this;
  }

  /** The token embedding is the output projection too. */
  public TinyModel tied() {
    this.tied = true;
    return this;
  }

  /** A byte-level BPE vocabulary (gpt2) instead of SentencePiece. */
  public TinyModel byteLevel() {
    this.byteLevel = true;
    return this;
  }

  /** Frequencies are divided by the tensor {@code rope_freqs.weight}, as in Llama 3.1. */
  public TinyModel ropeFactors() {
    this.ropeFactors = true;
    return this;
  }

  /** Positions are divided by a factor. */
  public TinyModel linearFactor(double factor) {
    this.linearFactor = factor;
    return this;
  }

  /** Element type of all matrices. */
  public TinyModel weights(GgmlType type) {
    this.weights = type;
    return this;
  }

  /** Writes {@code tiny-ARCHITECTURE-SEED-TYPE.gguf} into a folder. */
  public Path write(Path folder) {
    return gguf()
        .write(folder.resolve("tiny-" + architecture + "-" + seed + "-" + weights + ".gguf"));
  }

  /** The file's contents, to be changed before they are written. */
  public GgufBuilder gguf() {
    GgufBuilder out = new GgufBuilder();
    writeMetadata(out);
    if (byteLevel) {
      TinyVocabulary.byteLevel(out, vocabulary);
    } else {
      TinyVocabulary.sentencePiece(out, vocabulary);
    }
    writeTensors(out);
    return out;
  }

  private int headElements() {
    return headDim > 0 ? headDim : dim / Math.max(1, heads);
  }

  private void writeMetadata(GgufBuilder out) {
    String prefix = architecture + ".";
    out.text("general.architecture", architecture).text("general.name", "tiny-" + architecture);
    out.u32(prefix + "context_length", contextLength);
    out.u32(prefix + "embedding_length", dim);
    out.u32(prefix + "feed_forward_length", hiddenDim);
    out.u32(prefix + "block_count", layers);
    out.u32(prefix + "attention.head_count", heads);
    out.u32(prefix + "attention.head_count_kv", kvHeads);
    out.f32(prefix + "attention.layer_norm_rms_epsilon", 1e-5f);
    out.u32(prefix + "rope.dimension_count", headElements());
    out.f32(prefix + "rope.freq_base", 10000);
    if (headDim > 0) {
      out.u32(prefix + "attention.key_length", headDim);
      out.u32(prefix + "attention.value_length", headDim);
    }
    if (linearFactor != 1) {
      out.text(prefix + "rope.scaling.type", "linear");
      out.f32(prefix + "rope.scaling.factor", (float) linearFactor);
    }
  }

  private void writeTensors(GgufBuilder out) {
    Random random = new Random(seed);
    int queryDim = heads * headElements();
    int kvDim = kvHeads * headElements();
    matrix(out, random, "token_embd", dim, vocabulary);
    vector(out, random, "output_norm.weight", dim, 1);
    if (!tied) {
      matrix(out, random, "output", dim, vocabulary);
    }
    if (ropeFactors) {
      int pairs = headElements() / 2;
      float[] factors = new float[pairs];
      for (int i = 0; i < pairs; i++) {
        factors[i] = 1 + 7f * i / pairs;
      }
      out.tensor("rope_freqs.weight", GgmlType.F32, new long[] {pairs}, factors);
    }
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "blk." + layer + ".";
      vector(out, random, prefix + "attn_norm.weight", dim, 1);
      matrix(out, random, prefix + "attn_q", dim, queryDim);
      matrix(out, random, prefix + "attn_k", dim, kvDim);
      matrix(out, random, prefix + "attn_v", dim, kvDim);
      if (architecture.equals("qwen2")) {
        vector(out, random, prefix + "attn_q.bias", queryDim, 0);
        vector(out, random, prefix + "attn_k.bias", kvDim, 0);
        vector(out, random, prefix + "attn_v.bias", kvDim, 0);
      }
      matrix(out, random, prefix + "attn_output", queryDim, dim);
      vector(out, random, prefix + "ffn_norm.weight", dim, 1);
      matrix(out, random, prefix + "ffn_gate", dim, hiddenDim);
      matrix(out, random, prefix + "ffn_up", dim, hiddenDim);
      matrix(out, random, prefix + "ffn_down", hiddenDim, dim);
    }
  }

  private void matrix(GgufBuilder out, Random random, String name, int columns, int rows) {
    float[] values = new float[columns * rows];
    float scale = (float) (1.5 / Math.sqrt(columns));
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    out.tensor(name + ".weight", weights, new long[] {columns, rows}, values);
  }

  private static void vector(GgufBuilder out, Random random, String name, int n, float centre) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = centre + (float) random.nextGaussian() * 0.1f;
    }
    out.tensor(name, GgmlType.F32, new long[] {n}, values);
  }
}
