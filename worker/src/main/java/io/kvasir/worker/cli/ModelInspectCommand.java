package io.kvasir.worker.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.ModelSummary;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a model file holds. */
@Command(
    name = "inspect",
    description = "Print a model's architecture, shapes, tokenizer and KV cache size.",
    mixinStandardHelpOptions = true)
final class ModelInspectCommand implements Callable<Integer> {

  private static final int BLOCK_TOKENS_MAX = 1 << 16;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A GGUF file of the Llama family.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--block-tokens",
      paramLabel = "N",
      description = "Tokens in one KV block, 1 to 65536 (default: ${DEFAULT-VALUE}).")
  private int blockTokens = BlockGeometry.DEFAULT_BLOCK_TOKENS;

  @Override
  public Integer call() {
    within(spec, "--block-tokens", blockTokens, 1, BLOCK_TOKENS_MAX);
    PrintWriter out = spec.commandLine().getOut();
    try (ModelFile model = ModelFile.open(file)) {
      ModelSummary summary = ModelSummary.of(model, blockTokens);
      out.print(json ? JsonText.of(summary) : ModelSummaryText.of(summary));
      out.flush();
      return ExitCode.OK;
    } catch (ModelFormatException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}
