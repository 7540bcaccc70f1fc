package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.kvasir.scheduler.gateway.Generations;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.InferenceGrpc;
import io.kvasir.worker.model.TinyModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command in a process of its own, as people run it, with a model that is made here. */
class ServeCommandTest {
  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  /** Runs the command; the main class of the other process. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      System.exit(new CommandLine(new ServeCommand()).execute(arguments));
    }
  }

  @Test
  void servesUntilItIsTerminatedAndExitsWithZero() throws Exception {
    Path model = TinyModel.llama(7).write(folder);
    Path config =
        Files.writeString(
            folder.resolve("kvasir.yaml"),
            "model: %s\ngrpc-port: 0\nhttp-port: 1\njson: true\nkv-blocks: 64\n".formatted(model));
    Process server = start("--config", config.toString(), "--http-port", "0");
    try (BufferedReader printed = server.inputReader()) {
      JsonNode ready = new JsonMapper().readTree(printed.readLine());
      assertThat(ready.get("http_port").asInt()).isGreaterThan(1);
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", ready.get("grpc_port").asInt())
              .usePlaintext()
              .build();
      InferenceGrpc.InferenceBlockingStub stub = InferenceGrpc.newBlockingStub(channel);
      assertThat(stub.getModel(GetModelRequest.getDefaultInstance()).getBlockCount()).isEqualTo(64);
      Generations.Result result =
          Generations.run(stub, GenerateRequest.newBuilder().setText("Hello").build());
      assertThat(result.finished().getUsage().getCompletionTokens()).isPositive();
      channel.shutdownNow();
      server.destroy();
      assertThat(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isZero();
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void saysWhatIsWrongWithTheCall() throws IOException {
    Path model = TinyModel.llama(7).write(folder);
    String file = model.toString();
    assertThat(refusal("--grpc-port", "0")).contains("--model");
    assertThat(refusal("--model", folder.resolve("none.gguf").toString())).contains("none.gguf");
    assertThat(refusal("--model", file, "--max-queued-requests", "0"))
        .contains("--max-queued-requests: is 0, must be 1 to 1000000");
    assertThat(refusal("--model", file, "--stream-buffer-tokens", "0"))
        .contains("--stream-buffer-tokens: is 0, must be 1 to 1048576");
    assertThat(refusal("--model", file, "--grpc-port", "99999")).contains("--grpc-port: is 99999");
    assertThat(refusal("--model", file, "--policy", "random")).contains("--policy");
  }

  private static String refusal(String... arguments) {
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new ServeCommand()).setErr(new PrintWriter(err)).execute(arguments);
    assertThat(exitCode).isEqualTo(2);
    return err.toString();
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "@" + Path.of(System.getProperty("kvasir.home"), "scripts", "java-options"),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
