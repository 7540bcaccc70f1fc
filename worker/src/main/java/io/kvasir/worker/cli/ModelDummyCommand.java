package io.kvasir.worker.cli;

import static io.kvasir.worker.cli.OptionCheck.require;
import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.BundledModel;
import io.kvasir.worker.model.DummyModel;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.ModelLimits;
import io.kvasir.worker.model.ModelSummary;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model of random weights. */
@Command(
    name = "dummy",
    description = {
      "Write a model of the Llama family with random weights: every step costs what it costs with"
          + " a trained model of that shape, and the text is noise.",
      "It is there to study scheduling with steps of any length. The same options make the same"
          + " file."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 a file cannot be read or written, 2 called wrongly.",
      "",
      "Example:",
      "  kvasir model dummy --out dummy.gguf --layers 4 --embedding 512 --heads 8 --kv-heads 2"
    },
    mixinStandardHelpOptions = true)
final class ModelDummyCommand implements Callable<Integer> {
  private static final long PARAMETERS_MAX = 20_000_000_000L;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Write the model, a GGUF file, to this file.")
  private Path out = Path.of("");

  @Option(names = "--force", description = "Replace the file if there is one.")
  private boolean force;

  @Option(
      names = "--tokenizer-from",
      paramLabel = "FILE",
      description =
          "Copy the tokenizer and the chat template of this GGUF file (default: the bundled"
              + " model).")
  private @Nullable Path tokenizerFrom;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Transformer layers, 1 to 1024 (default: ${DEFAULT-VALUE}).")
  private int layers = 8;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description = "Elements of the residual stream, 2 to 131072 (default: ${DEFAULT-VALUE}).")
  private int embedding = 768;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description =
          "Query heads, 1 to 4096; they share the embedding evenly (default: ${DEFAULT-VALUE}).")
  private int heads = 12;

  @Option(
      names = "--kv-heads",
      paramLabel = "N",
      description = "Key and value heads; the query heads share them (default: as --heads).")
  private @Nullable Integer kvHeads;

  @Option(
      names = "--feed-forward",
      paramLabel = "N",
      description = "Elements of the feed-forward layer, 1 to 1048576 (default: 3 x --embedding).")
  private @Nullable Integer feedForward;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Longest sequence, tokens, 1 to 16777216 (default: ${DEFAULT-VALUE}).")
  private int context = 2048;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "How matrices are stored: ${COMPLETION-CANDIDATES}; rows of q8_0 are multiples of 32"
              + " (default: ${DEFAULT-VALUE}).")
  private WeightType type = WeightType.q8_0;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides the weights (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--json", description = "Print what was written as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    DummyModel.Shape shape = shape();
    Path parent = out.toAbsolutePath().getParent();
    require(
        spec,
        parent != null && Files.isDirectory(parent) && !Files.isDirectory(out),
        "--out: " + out + " is not a file in an existing directory");
    require(
        spec,
        force || !Files.exists(out, LinkOption.NOFOLLOW_LINKS),
        "--out: " + out + " exists; --force replaces it");
    try {
      DummyModel model = new DummyModel(shape, type.ggml(), seed, tokenizer());
      require(
          spec,
          model.parameters() <= PARAMETERS_MAX,
          "the shape has " + model.parameters() + " parameters, must be at most " + PARAMETERS_MAX);
      write(model);
      print();
      return ExitCode.OK;
    } catch (IOException | ModelFormatException e) {
      return failed(e);
    }
  }

  private Path tokenizer() throws IOException {
    return tokenizerFrom == null ? BundledModel.file("--tokenizer-from") : tokenizerFrom;
  }

  private void write(DummyModel model) throws IOException {
    try {
      model.write(out);
    } catch (IOException e) {
      throw new IOException("--out: " + out + " cannot be written: " + e, e);
    }
  }

  private DummyModel.Shape shape() {
    int kv = kvHeads == null ? heads : kvHeads;
    within(spec, "--layers", layers, 1, ModelLimits.LAYERS_MAX);
    within(spec, "--embedding", embedding, 2, ModelLimits.DIM_MAX);
    within(spec, "--heads", heads, 1, ModelLimits.HEADS_MAX);
    within(spec, "--kv-heads", kv, 1, heads);
    int hidden = feedForward == null ? 3 * embedding : feedForward;
    within(spec, "--feed-forward", hidden, 1, ModelLimits.HIDDEN_DIM_MAX);
    within(spec, "--context", context, 1, ModelLimits.CONTEXT_LENGTH_MAX);
    multiple("--embedding", embedding, heads, "heads");
    int headSize = embedding / heads;
    require(
        spec,
        headSize % 2 == 0 && headSize <= ModelLimits.HEAD_DIM_MAX,
        "--embedding: makes heads of %d elements, must be an even number up to %d"
            .formatted(headSize, ModelLimits.HEAD_DIM_MAX));
    multiple("--heads", heads, kv, "key-value heads");
    int block = type.ggml().blockElements();
    multiple("--embedding", embedding, block, "elements of a block of " + type);
    multiple("--feed-forward", hidden, block, "elements of a block of " + type);
    return new DummyModel.Shape(layers, embedding, heads, kv, hidden, context);
  }

  private void multiple(String option, int value, int of, String what) {
    require(
        spec,
        value % of == 0,
        option + ": is " + value + ", must be a multiple of the " + of + " " + what);
  }

  private void print() {
    PrintWriter text = spec.commandLine().getOut();
    try (ModelFile model = ModelFile.open(out)) {
      ModelSummary summary = ModelSummary.of(model, BlockGeometry.DEFAULT_BLOCK_TOKENS);
      text.print(json ? JsonText.of(summary) : ModelSummaryText.of(summary));
      text.flush();
    }
  }

  private int failed(Exception e) {
    spec.commandLine().getErr().println(e.getMessage());
    return ExitCode.SOFTWARE;
  }
}
