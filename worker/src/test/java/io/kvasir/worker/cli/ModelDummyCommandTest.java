package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.ModelFile;
import io.kvasir.worker.model.TinyModel;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.cpu.CpuModelRunner;
import io.kvasir.worker.runner.cpu.CpuRunnerConfig;
import io.kvasir.worker.sample.Sampler;
import io.kvasir.worker.sample.SamplingParams;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** What {@code model dummy} writes, and what it refuses. */
final class ModelDummyCommandTest {
  private static final String BUNDLED =
      System.getProperty("kvasir.home", "..") + "/worker/models/kvasir-prose-q8_0.gguf";
  private static final String[] SMALL = {
    "--layers", "2", "--embedding", "64", "--heads", "4", "--kv-heads", "2", "--feed-forward", "96"
  };

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void aModelLoadsAndGeneratesTheSameTokensTwice(WeightType type) throws IOException {
    assertThat(small("a.gguf", "--type", type.name())).as(err.toString()).isZero();
    assertThat(small("b.gguf", "--type", type.name())).isZero();
    assertThat(folder.resolve("a.gguf")).hasSameBinaryContentAs(folder.resolve("b.gguf"));
    List<Integer> tokens = generate(folder.resolve("a.gguf"));
    assertThat(generate(folder.resolve("b.gguf"))).isEqualTo(tokens);
    assertThat(tokens.stream().distinct().count()).isGreaterThan(10);
  }

  @Test
  void anotherSeedIsAnotherModel() throws IOException {
    assertThat(small("a.gguf")).isZero();
    assertThat(small("b.gguf", "--seed", "2")).isZero();
    assertThat(Files.mismatch(folder.resolve("a.gguf"), folder.resolve("b.gguf"))).isPositive();
  }

  @Test
  void deepAndWideModelsStayFinite() throws IOException {
    Path file = folder.resolve("a.gguf");
    assertThat(
            execute(
                "--out",
                file.toString(),
                "--layers",
                "48",
                "--embedding",
                "256",
                "--heads",
                "1",
                "--feed-forward",
                "32"))
        .isZero();
    assertThat(generate(file)).hasSize(24);
  }

  @Test
  void reportsPathParametersAndBytes() throws IOException {
    Path file = folder.resolve("a.gguf");
    assertThat(small("a.gguf", "--json", "--context", "64")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("file").asText()).isEqualTo(file.toString());
    assertThat(json.get("file_bytes").asLong()).isEqualTo(Files.size(file));
    // Two matrices of the vocabulary; per layer q, k, v, output, gate, up, down and two norms.
    long layer = 64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 96 + 2 * 64;
    long parameters = 2 * 2048 * 64 + 2 * layer + 64;
    assertThat(json.get("parameters").asLong()).isEqualTo(parameters);
    assertThat(json.get("name").asText()).isEqualTo("dummy 323.9K random weights");
    assertThat(json.get("context_length").asInt()).isEqualTo(64);
    assertThat(json.get("kv_heads").asInt()).isEqualTo(2);
    assertThat(json.get("chat_template").asBoolean()).isTrue();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void theTokenizerIsTheOtherFiles() {
    assertThat(small("a.gguf")).isZero();
    Path other = TinyModel.llama(1).write(folder);
    assertThat(small("b.gguf", "--tokenizer-from", other.toString())).isZero();
    String text = "In the beginning, naïve ✓";
    assertThat(encode(folder.resolve("a.gguf"), text)).isEqualTo(encode(Path.of(BUNDLED), text));
    assertThat(encode(folder.resolve("b.gguf"), text)).isEqualTo(encode(other, text));
  }

  @Test
  void replacesAFileOnlyWhenTold() throws IOException {
    Path file = Files.writeString(folder.resolve("a.gguf"), "precious");
    assertThat(small("a.gguf")).isEqualTo(2);
    assertThat(err.toString()).contains(file + " exists; --force replaces it");
    assertThat(file).hasContent("precious");
    assertThat(small("a.gguf", "--force")).isZero();
    assertThat(Files.size(file)).isGreaterThan(100_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--layers 0 | --layers: is 0, must be 1 to 1024",
        "--kv-heads 13 | --kv-heads: is 13, must be 1 to 12",
        "--kv-heads 5 | --heads: is 12, must be a multiple of the 5 key-value heads",
        "--heads 10 | --embedding: is 768, must be a multiple of the 10 heads",
        "--embedding 36 | makes heads of 3 elements, must be an even number up to 4096",
        "--embedding 98304 | makes heads of 8192 elements, must be an even number",
        "--embedding 72 | must be a multiple of the 32 elements of a block of q8_0",
        "--feed-forward 100 | --feed-forward: is 100, must be a multiple of the 32 elements",
        "--context 0 | --context: is 0, must be 1 to 16777216",
        "--layers 1024 --embedding 12288 | parameters, must be at most 20000000000",
        "--type q4_0 | q4_0",
        "--out /nowhere/a.gguf | is not a file in an existing directory"
      })
  void badShapesAreRefused(String options, String message) throws IOException {
    List<String> arguments = new ArrayList<>();
    if (!options.contains("--out")) {
      arguments.addAll(List.of("--out", folder.resolve("a.gguf").toString()));
    }
    arguments.addAll(List.of(options.split(" ")));
    assertThat(execute(arguments.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aFileWithoutATokenizerIsRefused() throws IOException {
    Path notes = Files.writeString(folder.resolve("notes.txt"), "hello");
    assertThat(small("a.gguf", "--tokenizer-from", notes.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith(notes + ": not a GGUF file");
    assertThat(folder.resolve("a.gguf")).doesNotExist();
  }

  private static List<Integer> encode(Path file, String text) {
    try (ModelFile model = ModelFile.open(file)) {
      return Arrays.stream(model.tokenizer().encode(text, true, false)).boxed().toList();
    }
  }

  /** Greedy tokens after a short prompt, a token a step. */
  private static List<Integer> generate(Path file) {
    int[] tokens = Arrays.copyOf(new int[] {5, 77, 300, 12}, 28);
    int prompt = 4;
    CpuRunnerConfig config = new CpuRunnerConfig(4, 16, 16, 2, false);
    try (ModelFile model = ModelFile.open(file);
        CpuModelRunner runner = new CpuModelRunner(model, config)) {
      Sampler sampler = new Sampler(runner.vocabularySize());
      float[][] logits = new float[1][runner.vocabularySize()];
      int computed = 0;
      for (int known = prompt; known < tokens.length; known++) {
        int count = known - computed;
        int[] blocks = {0, 1};
        runner.execute(List.of(new BatchSequence(tokens, computed, count, blocks, true)), logits);
        computed = known;
        tokens[known] = sampler.sample(logits[0], tokens, known, SamplingParams.GREEDY);
      }
    }
    return Arrays.stream(tokens, prompt, tokens.length).boxed().toList();
  }

  private int small(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of(SMALL));
    arguments.addAll(List.of("--out", folder.resolve(name).toString()));
    arguments.addAll(List.of(more));
    return execute(arguments.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return new CommandLine(new ModelDummyCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
