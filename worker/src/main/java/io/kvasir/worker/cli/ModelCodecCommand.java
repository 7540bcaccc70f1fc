package io.kvasir.worker.cli;

import static io.kvasir.worker.cli.OptionCheck.within;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.offload.codec.CodecTables;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.gguf.ModelFormatException;
import io.kvasir.worker.study.CodecFigures;
import io.kvasir.worker.study.CodecReport;
import io.kvasir.worker.study.CodecStudy;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures on a text what KV codecs cost and what they change. */
@Command(
    name = "codec",
    description = "Measure what KV codecs save, cost and change in a model's text.",
    mixinStandardHelpOptions = true)
final class ModelCodecCommand implements Callable<Integer> {
  private static final int WINDOWS_MAX = 10_000;
  private static final long TEXT_BYTES_MAX = 64L << 20;
  private static final String BUNDLED_TEXT = "/io/kvasir/worker/study/ruth.txt";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A GGUF file of the Llama family.")
  private Path file = Path.of("");

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text in UTF-8, also as .gz (default: the Book of Ruth).")
  private @Nullable Path text;

  @Option(
      names = "--tables",
      paramLabel = "FILE",
      description = "Codec tables for the model (default: those for all models).")
  private @Nullable Path tables;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Pieces of the text to use (default: ${DEFAULT-VALUE}).")
  private int windows = 16;

  @Option(
      names = "--codecs",
      split = ",",
      paramLabel = "NAME",
      description = "Codecs to measure (default: all).")
  private List<String> names = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    within(spec, "--windows", windows, 1, WINDOWS_MAX);
    PrintWriter out = spec.commandLine().getOut();
    try (ModelFile model = ModelFile.open(file)) {
      CodecTables used = tables == null ? CodecTables.defaults() : CodecTables.read(tables);
      List<String> all = new BlockCodecs(new BlockGeometry(1, 1, 1, 4, 1), used).names();
      try (CodecStudy study =
          new CodecStudy(model, readText(), shape -> new BlockCodecs(shape, used), windows, 1)) {
        CodecReport report = study.run(names.isEmpty() ? all : names);
        if (json) {
          out.print(JsonText.of(report));
        } else {
          printTable(report, out);
        }
        out.flush();
        return ExitCode.OK;
      }
    } catch (IOException e) {
      spec.commandLine().getErr().println("cannot read " + e.getMessage());
      return ExitCode.SOFTWARE;
    } catch (ModelFormatException | IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private String readText() throws IOException {
    if (text == null) {
      try (InputStream in = getClass().getResourceAsStream(BUNDLED_TEXT)) {
        byte[] bytes = Objects.requireNonNull(in, BUNDLED_TEXT).readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
    try (InputStream raw = Files.newInputStream(text);
        InputStream in = text.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(in.readNBytes((int) TEXT_BYTES_MAX), StandardCharsets.UTF_8);
    }
  }

  private static void printTable(CodecReport report, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: %d windows, KV of %d tokens through the codec, %d tokens scored, %d written%n",
        report.model(),
        report.windows(),
        report.prefixTokens(),
        report.scoredTokens(),
        report.greedyTokens());
    out.printf(
        Locale.ROOT,
        "blocks of %,d bytes; perplexity without codec %.4f%n",
        report.blockBytes(),
        report.perplexity());
    out.println(
        "codec            ratio  enc. MB/s  dec. MB/s  perplexity    change  same next  written");
    for (CodecFigures codec : report.codecs()) {
      out.printf(
          Locale.ROOT,
          "%-16s %5.2f %10.0f %10.0f %11.4f %+8.2f%% %9.1f%% %8.1f%n",
          codec.codec(),
          codec.ratio(),
          codec.encodeMegabytesPerSecond(),
          codec.decodeMegabytesPerSecond(),
          codec.perplexity(),
          100 * codec.perplexityChange(),
          100 * codec.agreement(),
          codec.equalTokens());
    }
  }
}
