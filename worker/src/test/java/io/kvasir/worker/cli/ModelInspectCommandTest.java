package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.worker.model.TinyModel;
import io.kvasir.worker.model.gguf.GgmlType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code model inspect} prints and how it ends. */
final class ModelInspectCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void peopleGetAlignedLines() {
    Path file = TinyModel.qwen2(1).weights(GgmlType.Q8_0).write(folder);
    assertThat(execute("inspect", file.toString())).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.subList(1, lines.size() - 1))
        .containsExactly(
            "name          tiny-qwen2",
            "architecture  qwen2, GGUF version 3",
            "parameters    39,200",
            "layers        2",
            "embedding     32, output of its own",
            "feed-forward  64",
            "attention     4 heads of 8, 2 key-value heads, biases",
            "context       256 tokens",
            "rope          half-split pairs, 8 elements, base 10000",
            "tensors       Q8_0  x 16, 40.4 KiB",
            "              F32   x 11, 1,152 B",
            "tokenizer     gpt2 (gpt-2), 320 tokens",
            "special       eos     0 <|endoftext|>",
            "chat template none",
            "KV cache      256 B per token, 4 KiB per block of 16 tokens (F32 elements, CPU"
                + " arena)");
    assertThat(lines.getFirst()).startsWith("file          " + file + " (");
    assertThat(lines.getLast()).matches("fingerprint   [0-9a-f]{64}");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void scriptsGetOneObject() throws IOException {
    Path file =
        TinyModel.llama(1)
            .gguf()
            .text("tokenizer.chat_template", "{% include 'x' %}")
            .write(folder.resolve("a.gguf"));
    assertThat(execute("inspect", "--json", "--block-tokens", "32", file.toString())).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("architecture").asText()).isEqualTo("llama");
    assertThat(json.get("embedding_length").asInt()).isEqualTo(32);
    assertThat(json.get("kv").get("block_tokens").asInt()).isEqualTo(32);
    assertThat(json.get("kv").get("block_bytes").asLong()).isEqualTo(32 * 256);
    assertThat(json.get("chat_template").asBoolean()).isTrue();
    assertThat(json.get("chat_template_problem").asText()).contains("'include' is not supported");
    assertThat(json.get("tokenizer").get("special_tokens").get(0).get("text").asText())
        .isEqualTo("<s>");
  }

  @Test
  void unusableFileIsOneLineAndExitCodeOne() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "hello");
    assertThat(execute("inspect", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(file + ": not a GGUF file: it does not begin with the letters GGUF");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(execute("inspect")).isEqualTo(2);
    assertThat(execute()).isEqualTo(2);
    assertThat(execute("inspect", "--block-tokens", "0", "a.gguf")).isEqualTo(2);
    assertThat(err.toString()).contains("--block-tokens: is 0, must be 1 to 65536");
  }

  @Test
  void controlCharactersInNamesAreNotPrinted() {
    Path file =
        TinyModel.llama(1)
            .gguf()
            .without("general.name")
            .text("general.name", "evil\u001b[31m\nname")
            .write(folder.resolve("a.gguf"));
    assertThat(execute("inspect", file.toString())).isZero();
    assertThat(out.toString()).contains("evil\\u001b[31m\\u000aname");
  }

  private int execute(String... arguments) {
    return new CommandLine(new ModelCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
