package io.kvasir.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code model codec} prints and how it ends. */
final class ModelCodecCommandTest {
  private static final String MODEL =
      System.getProperty("kvasir.home", "..") + "/worker/models/kvasir-prose-q8_0.gguf";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void printsATableForPeopleAndAnObjectForScripts() throws IOException {
    assertThat(execute(MODEL, "--windows", "1", "--codecs", "raw,int8")).isZero();
    assertThat(out.toString().lines())
        .hasSize(5)
        .element(3)
        .asString()
        .startsWith("raw ")
        .endsWith("+0.00%     100.0%     64.0");
    out.getBuffer().setLength(0);
    assertThat(execute(MODEL, "--windows", "1", "--codecs", "int8", "--json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("prefix_tokens").asInt()).isEqualTo(256);
    assertThat(json.get("codecs").get(0).get("ratio").asDouble()).isGreaterThan(3.6);
  }

  @Test
  void errorsAreOneLine() throws IOException {
    assertThat(execute(MODEL, "--windows", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--windows: is 0, must be 1 to 10000");
    assertThat(execute(MODEL, "--codecs", "zip")).isEqualTo(1);
    assertThat(err.toString()).contains("unknown codec 'zip'; known are raw, int8");
    Path notes = Files.writeString(folder.resolve("notes.txt"), "hello");
    assertThat(execute(MODEL, "--tables", notes.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(notes + ": not codec tables");
    assertThat(execute(MODEL, "--text", notes.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("tokens, needs 384");
    assertThat(execute(MODEL, "--text", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("cannot read ");
  }

  private int execute(String... arguments) {
    CommandLine line = new CommandLine(new ModelCodecCommand());
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
