package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the bundled model, for a moment only. */
@Timeout(120)
final class DemoCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everyTenantIsServedAndNothingIsLeftRunning() {
    assertThat(demo("--duration", "2s", "--seed", "3")).as(err.toString()).isZero();
    assertThat(out.toString())
        .startsWith("Serving kvasir-prose-q8_0.gguf: gRPC on 127.0.0.1:")
        .contains("interactive", "chat", "batch", "bursty", "total", "Prefix cache: ", "▸");
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("kvasir-") || name.equals("progress"));
  }

  @Test
  void jsonIsOneObject() throws IOException {
    assertThat(demo("--duration", "1s", "--json")).as(err.toString()).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("total").path("error_requests").asInt()).isZero();
    assertThat(report.path("assumptions").path("model").path("name").asText()).isNotEmpty();
  }

  @Test
  void fileThatIsNoModelIsOneLine() throws IOException {
    Path file = Files.writeString(directory.resolve("no.gguf"), "no model");
    assertThat(demo("--model", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("demo: " + file);
  }

  private int demo(String... arguments) {
    String[] all = new String[1 + arguments.length];
    all[0] = "demo";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Kvasir.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
