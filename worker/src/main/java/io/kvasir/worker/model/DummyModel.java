package io.kvasir.worker.model;

import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.GgufFile;
import io.kvasir.worker.model.gguf.GgufValue;
import io.kvasir.worker.model.gguf.GgufWriter;
import io.kvasir.worker.model.gguf.ModelFormatException;
import io.kvasir.worker.model.tokenizer.TokenizerReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A model of the Llama family with random weights and the tokenizer of another file. It costs what
 * a trained model of its shape costs, and its text is noise.
 *
 * <p>The same arguments give the same bytes. An element of a matrix is drawn evenly from an
 * interval around 0 with the deviation {@code 1 / sqrt(columns)}, which keeps activations near 1
 * however large the model is; norms are 1. The output projection is a matrix of its own: tied to
 * the embedding it would repeat the last token for ever.
 */
public final class DummyModel {
  private static final String TOKENIZER = "tokenizer.";
  private static final float RMS_EPSILON = 1e-5f;
  private static final double ROPE_BASE = 10_000;
  private static final int WRITE_BYTES = 1 << 16;

  private final ModelConfig config;
  private final GgmlType type;
  private final long seed;
  private final Map<String, GgufValue> tokenizer;
  private final List<GgufWriter.Plan> tensors;

  /**
   * What the caller chooses of a shape.
   *
   * @param layers transformer layers
   * @param embedding elements of the residual stream, an even number of them per head
   * @param heads query heads, a divisor of {@code embedding}
   * @param kvHeads key and value heads, a divisor of {@code heads}
   * @param feedForward elements of the feed-forward layer
   * @param context longest sequence, tokens
   */
  public record Shape(
      int layers, int embedding, int heads, int kvHeads, int feedForward, int context) {}

  /**
   * A model to be written.
   *
   * @param type of all matrices, whose rows ({@code embedding} and {@code feedForward} elements)
   *     are whole blocks of it
   * @param seed decides the weights
   * @param tokenizerFrom a GGUF file, with or without tensors
   * @throws ModelFormatException if that file has no tokenizer that is supported
   */
  public DummyModel(Shape shape, GgmlType type, long seed, Path tokenizerFrom) {
    this.type = type;
    this.seed = seed;
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(tokenizerFrom, arena);
      int vocabulary = TokenizerReader.read(file.metadata()).vocabularySize();
      config = config(shape, vocabulary);
      tokenizer = file.metadata().under(TOKENIZER);
    }
    tensors =
        LlamaTensors.shapes(config).entrySet().stream()
            .map(entry -> plan(entry.getKey(), entry.getValue()))
            .toList();
  }

  private static ModelConfig config(Shape shape, int vocabulary) {
    int headDim = shape.embedding() / shape.heads();
    return new ModelConfig(
        "dummy",
        "llama",
        shape.layers(),
        shape.embedding(),
        shape.feedForward(),
        shape.heads(),
        shape.kvHeads(),
        headDim,
        vocabulary,
        shape.context(),
        RMS_EPSILON,
        new RopeConfig(RopeLayout.INTERLEAVED, headDim, ROPE_BASE, 1, null),
        false,
        false);
  }

  private GgufWriter.Plan plan(String name, long[] dims) {
    return new GgufWriter.Plan(name, dims.length == 1 ? GgmlType.F32 : type, dims);
  }

  /** Weights. */
  public long parameters() {
    return tensors.stream().mapToLong(GgufWriter.Plan::elements).sum();
  }

  /** The name in the file, for instance "dummy 4.2M random weights". */
  public String name() {
    return "dummy " + rounded(parameters()) + " random weights";
  }

  private static String rounded(long count) {
    String[] units = {"", "K", "M", "B"};
    double value = count;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
  }

  /**
   * Writes the file. It appears whole or not at all: it is written beside its place, under the same
   * name with {@code .part} after it, and then takes the place of what is there.
   */
  public void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), WRITE_BYTES);
        Random random = new Random(seed);
        new GgufWriter(metadata(), tensors).write(out, (tensor, row) -> fill(random, tensor, row));
        out.flush();
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void fill(Random random, GgufWriter.Plan tensor, float[] row) {
    boolean norm = tensor.dims().length == 1;
    // An even distribution of width 2 has the deviation 1 / sqrt(3).
    float reach = (float) Math.sqrt(3.0 / row.length);
    for (int i = 0; i < row.length; i++) {
      row[i] = norm ? 1 : reach * (2 * random.nextFloat() - 1);
    }
  }

  private Map<String, GgufValue> metadata() {
    Map<String, GgufValue> keys = new LinkedHashMap<>();
    keys.put("general.architecture", new GgufValue.Text(config.architecture()));
    keys.put("general.name", new GgufValue.Text(name()));
    keys.put("general.description", new GgufValue.Text("random weights of seed " + seed));
    keys.put("general.file_type", new GgufValue.Whole(fileType()));
    keys.put("general.quantization_version", new GgufValue.Whole(2));
    keys.put("llama.context_length", new GgufValue.Whole(config.contextLength()));
    keys.put("llama.embedding_length", new GgufValue.Whole(config.dim()));
    keys.put("llama.block_count", new GgufValue.Whole(config.layers()));
    keys.put("llama.feed_forward_length", new GgufValue.Whole(config.hiddenDim()));
    keys.put("llama.attention.head_count", new GgufValue.Whole(config.heads()));
    keys.put("llama.attention.head_count_kv", new GgufValue.Whole(config.kvHeads()));
    keys.put("llama.attention.layer_norm_rms_epsilon", new GgufValue.Real(config.rmsEpsilon()));
    keys.put("llama.rope.dimension_count", new GgufValue.Whole(config.headDim()));
    keys.put("llama.rope.freq_base", new GgufValue.Real(ROPE_BASE));
    keys.put("llama.vocab_size", new GgufValue.Whole(config.vocabularySize()));
    keys.putAll(tokenizer);
    return keys;
  }

  /** The number that ggml has for files whose matrices are mostly of this type. */
  private int fileType() {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8_0 -> 7;
      default -> throw new IllegalArgumentException("type " + type + " is not encoded");
    };
  }
}
