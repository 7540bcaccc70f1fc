package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.kvasir.loadtest.live.ScriptedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class LoadtestCommandTest {
  private static final String[] SHORT = {
    "--workload", "mixed", "--limit", "8", "--time-scale", "0.001"
  };

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void runsAndReportsInEveryForm() throws IOException {
    Path html = directory.resolve("report.html");
    Path json = directory.resolve("report.json");
    int code;
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      code = execute(server.address(), SHORT, "--html", html.toString(), "--json", json.toString());
    }
    assertThat(code).isZero();
    assertThat(out.toString()).contains("interactive", "chat", "batch", "total", "TTFT p50");
    assertThat(err.toString()).contains("8 sent  8 done  0 running");
    assertThat(Files.readString(html)).contains("</html>");
    JsonNode report = new ObjectMapper().readTree(Files.readString(json));
    assertThat(report.path("total").path("ok_requests").asInt()).isEqualTo(8);
    assertThat(report.path("assumptions").path("time_scale").asDouble()).isEqualTo(0.001);
  }

  @Test
  void jsonIsAllThereIsOnTheStandardOutput() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), SHORT, "--json", "--tenants", "chat,batch")).isZero();
    }
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("tenants").fieldNames()).toIterable().containsExactly("chat", "batch");
  }

  /** A file that opens and takes nothing. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void reportIsPrintedEvenIfItsFileCannotBeWritten() {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), SHORT, "--html", "/dev/full")).isEqualTo(1);
    }
    assertThat(out.toString()).contains("interactive", "total");
    assertThat(err.toString().lines().toList().getLast())
        .startsWith("--html: /dev/full cannot be written: ");
  }

  @Test
  void refusalsAreResultsAndErrorsAreNot() {
    try (ScriptedServer server =
        new ScriptedServer(
            (request, stream) -> stream.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException()))) {
      assertThat(execute(server.address(), SHORT)).isZero();
    }
    try (ScriptedServer server =
        new ScriptedServer(
            (request, stream) -> stream.onError(Status.INTERNAL.asRuntimeException()))) {
      assertThat(execute(server.address(), SHORT)).isEqualTo(1);
    }
    assertThat(out.toString()).contains("! 8 requests failed: {INTERNAL=8}.");
  }

  @Test
  void unreachableServerIsOneLine() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    assertThat(execute("localhost:" + unused)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "No Kvasir server answers at localhost:" + unused + ": UNAVAILABLE");
  }

  @Test
  void malformedTraceEndsTheRunWithItsLine() throws IOException {
    Path trace =
        Files.writeString(
            directory.resolve("broken.csv"),
            "req_id,client,timestamp_s,input_tokens,output_tokens\n0,1,0.0,5,2\n1,1,0.1,5\n");
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), "--workload", "trace:" + trace)).isEqualTo(1);
    }
    assertThat(err.toString()).contains(trace + ":3: 5 fields needed, 4 found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--workload nothing | 'nothing' is neither a bundled workload",
        "--workload trace:/no/such | /no/such: there is no such file",
        "--tenants chat,cat | workload 'mixed' has no tenant 'cat', but interactive, chat, batch",
        "--duration soon | 'soon' is not a duration such as 20s",
        "--warmup 20s --duration 20s | --warmup: is 20 s, must be shorter than the duration, 20 s",
        "--warmup 2h | --warmup: is 7200 s, must be shorter than the duration, ",
        "--rate 0 | mixed: rate of 0.0 requests per second, must be above 0 to 1000000",
        "--time-scale 0 | --time-scale: is 0.0, must be above 0 to 1000000000",
        "--length-scale NaN | --length-scale: is NaN, must be above 0 to 1000000000",
        "--max-outstanding 0 | --max-outstanding: is 0, must be 1 to 1000000",
        "--limit 0 | --limit: is 0, must be 1 to 9223372036854775807",
        "--html /no/such/file | --html: /no/such/file is not a file in an existing directory.",
      })
  void wrongCallsAreExplained(String arguments, String message) {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), arguments.strip().split(" "))).isEqualTo(2);
    }
    assertThat(err.toString()).contains(message);
  }

  @Test
  void aTargetIsAHostAndAPort() {
    assertThat(execute("localhost:99999")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'localhost:99999' is not HOST:PORT with a port of 1 to 65535");
  }

  @Test
  void aRunWithoutRequestsFails() throws IOException {
    Path trace =
        Files.writeString(
            directory.resolve("none.csv"),
            "req_id,client,timestamp_s,input_tokens,output_tokens\n");
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), "--workload", "trace:" + trace)).isEqualTo(1);
    }
    assertThat(err.toString()).contains(trace + ": has no request within limit, duration and");
  }

  @Test
  void theWarmUpIsSentAndNotCounted() throws IOException {
    Path trace =
        Files.writeString(
            directory.resolve("three.csv"),
            """
            req_id,client,timestamp_s,input_tokens,output_tokens
            0,1,0.0,5,2
            1,1,0.01,5,2
            2,1,0.1,5,2
            """);
    String workload = "trace:" + trace;
    try (ScriptedServer server = new ScriptedServer(ScriptedServer::answerAll)) {
      assertThat(execute(server.address(), "--workload", workload, "--warmup", "60ms", "--json"))
          .isZero();
      assertThat(execute(server.address(), "--workload", workload, "--warmup", "1s")).isEqualTo(1);
    }
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("assumptions").path("warmup_s").asDouble()).isEqualTo(0.06);
    assertThat(report.path("assumptions").path("warmup_requests").asInt()).isEqualTo(2);
    assertThat(report.path("total").path("ok_requests").asInt()).isEqualTo(1);
    assertThat(err.toString())
        .contains("has no request within limit, duration and tenants after the warm-up");
  }

  @Test
  void helpNamesEveryOption() {
    assertThat(command().execute("loadtest", "--help")).isZero();
    assertThat(out.toString())
        .contains(
            "--target",
            "--workload",
            "--duration",
            "--warmup",
            "--rate",
            "--seed",
            "--tenants",
            "--time-scale",
            "--length-scale",
            "--json",
            "--html",
            "--max-outstanding",
            "Exit codes");
  }

  private int execute(String target, String... arguments) {
    return execute(target, arguments, new String[0]);
  }

  private int execute(String target, String[] arguments, String... more) {
    String[] all = new String[3 + arguments.length + more.length];
    all[0] = "loadtest";
    all[1] = "--target";
    all[2] = target;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    System.arraycopy(more, 0, all, 3 + arguments.length, more.length);
    return command().execute(all);
  }

  private CommandLine command() {
    return Kvasir.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
