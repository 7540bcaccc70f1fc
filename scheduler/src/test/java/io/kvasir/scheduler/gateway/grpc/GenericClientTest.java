package io.kvasir.scheduler.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvasir.scheduler.gateway.TestServer;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client of another make (Node.js, @grpc/grpc-js) that knows only the published protocol, or only
 * what reflection tells it. Skipped, with a message, where Node.js or its packages cannot be had.
 */
class GenericClientTest {
  private static final Path HOME = Path.of(System.getProperty("kvasir.home", ".."));
  private static final Path SOURCES = HOME.resolve("scheduler/src/test/node");
  private static final Path INSTALLED = HOME.resolve("scheduler/target/node");
  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path temporary;

  @Test
  void streamsByThePublishedProtocolAndByReflection() throws Exception {
    install();
    try (TestServer server = TestServer.start()) {
      String printed =
          run(
              INSTALLED,
              "node",
              "client.js",
              HOME.resolve("proto/src/main/proto").toAbsolutePath().toString(),
              reflectionProtos().toString(),
              "127.0.0.1:" + server.server().grpcPort());
      JsonNode seen = new JsonMapper().readTree(printed);
      assertThat(seen.get("services").toString())
          .contains("kvasir.v1.Inference", "kvasir.v1.Operator", "grpc.health.v1.Health");
      assertStream(seen.get("byProto"));
      assertStream(seen.get("byReflection"));
      assertThat(seen.get("refusal").get("code").asText()).isEqualTo("INVALID_ARGUMENT");
      assertThat(seen.get("refusal").get("details").asText()).contains("stop.max_tokens is 0");
    }
  }

  private static void assertStream(JsonNode events) {
    assertThat(events.get(0).get("event").asText()).isEqualTo("accepted");
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.get("event").asText()).isEqualTo("finished");
    assertThat(last.get("finished").get("finish_reason").asText())
        .isEqualTo("FINISH_REASON_LENGTH");
    List<Integer> tokens = new ArrayList<>();
    for (JsonNode event : events) {
      if (event.get("event").asText().equals("token")) {
        event.get("token").get("token_ids").forEach(id -> tokens.add(id.asInt()));
      }
    }
    int[] expected = HashModelRunner.expected(new int[] {5, 6, 7}, 12, 259);
    assertThat(tokens.stream().mapToInt(Integer::intValue).toArray()).isEqualTo(expected);
  }

  /** Installs the pinned packages, unless that was done before. */
  private static void install() throws Exception {
    for (String tool : List.of("node", "npm")) {
      assumeTrue(isOnPath(tool), "skipped: there is no " + tool + " on this machine");
    }
    Files.createDirectories(INSTALLED);
    for (String file : List.of("package.json", "package-lock.json", "client.js")) {
      Files.copy(
          SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path stamp = INSTALLED.resolve("installed-lock.json");
    Path lock = SOURCES.resolve("package-lock.json");
    if (Files.exists(stamp) && Files.mismatch(stamp, lock) < 0) {
      return;
    }
    try {
      run(INSTALLED, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
    } catch (IOException e) {
      assumeTrue(false, "skipped: npm cannot install the client's packages: " + e.getMessage());
    }
    Files.copy(lock, stamp, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path reflectionProtos() throws IOException {
    String name = "grpc/reflection/v1/reflection.proto";
    Path file = temporary.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    try (InputStream in =
        Objects.requireNonNull(
            io.grpc.reflection.v1.ServerReflectionGrpc.class.getResourceAsStream("/" + name))) {
      Files.copy(in, file);
    }
    return temporary;
  }

  private static boolean isOnPath(String tool) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, tool))) {
        return true;
      }
    }
    return false;
  }

  /** What the command prints; throws if it fails. */
  private static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Path errors = folder.resolve("errors.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " failed: " + Files.readString(errors));
    }
    return printed;
  }
}
