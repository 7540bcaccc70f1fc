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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class SimulateCommandsTest {
  private static final Path HOME = Path.of(System.getProperty("kvasir.home", ".."));
  private static final Path MODEL = HOME.resolve("worker/models/kvasir-prose-q8_0.gguf");

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Object... args) {
    CommandLine command = Kvasir.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    return command.execute(texts);
  }

  @Test
  void aScenarioIsRunCheckedAndWritten() throws IOException {
    Path scenario = directory.resolve("s.yaml");
    Files.writeString(
        scenario,
        """
        model: llama-3-8b
        device: a10
        policies: [fcfs, priority]
        workload: burst
        duration: 2s
        """);
    Path json = directory.resolve("r.json");
    Path html = directory.resolve("r.html");
    Path trace = directory.resolve("t.json");
    int code =
        execute(
            "simulate",
            "run",
            "--check",
            "--seed",
            7,
            "--scenario",
            scenario,
            "--json",
            json,
            "--html",
            html,
            "--trace",
            trace);
    assertThat(err.toString()).contains("fcfs: ", "steps/s");
    assertThat(code).isZero();
    assertThat(out.toString()).contains("TTFT p50", "priority");
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.path("assumptions").path("seed").asInt()).isEqualTo(7);
    assertThat(root.path("rows")).hasSize(2);
    assertThat(html).content().contains("Time between tokens");
    assertThat(new ObjectMapper().readTree(trace.toFile()).has("traceEvents")).isTrue();
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path scenario = Files.writeString(directory.resolve("s.yaml"), "modl: x\n");
    assertThat(execute("simulate", "run", "--scenario", scenario)).isEqualTo(1);
    assertThat(err.toString().strip()).contains("s.yaml:1: ").doesNotContain("\n");
    assertThat(execute("simulate", "run", "--scenario", directory.resolve("none"))).isEqualTo(1);
    assertThat(execute("simulate", "run")).isEqualTo(2);
    assertThat(execute("simulate")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "Say what to simulate: run, fastswitch, fairness, pressure, calibrate, fidelity,");
  }

  /** A file that opens and takes nothing. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aTraceThatCannotBeWrittenIsOneLine() throws IOException {
    Path scenario = directory.resolve("s.yaml");
    Files.writeString(
        scenario, "{model: llama-3-8b, device: a10, workload: burst, duration: 1s}\n");
    assertThat(execute("simulate", "run", "--scenario", scenario, "--trace", "/dev/full"))
        .isEqualTo(1);
    assertThat(err.toString().lines().toList().getLast())
        .startsWith("--trace: /dev/full cannot be written: ");
  }

  @Test
  void aPlanIsATableAndAnObject() throws IOException {
    Path json = directory.resolve("plan.json");
    int code =
        execute(
            "plan",
            "--model",
            "llama-3-8b",
            "--device",
            "a10,2xh100",
            "--input",
            "1000,8000",
            "--ttft-ms",
            2000,
            "--tbt-ms",
            50,
            "--workload",
            "burst",
            "--duration",
            "5s",
            "--attainment",
            0.5,
            "--json",
            json);
    assertThat(err.toString()).contains("1 x a10: ");
    assertThat(code).isZero();
    assertThat(out.toString()).contains("2xh100", "burst needs ");
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.path("rows")).hasSize(4);
    assertThat(root.path("fleet").path("devices_needed").asInt()).isPositive();
    assertThat(execute("plan", "--model", "gpt", "--device", "a10")).isEqualTo(2);
    assertThat(execute("plan", "--model", "llama-3-8b", "--device", "0xa10")).isEqualTo(2);
    assertThat(err.toString()).contains("--model: 'gpt' is not one of llama-3-8b");
  }

  @Test
  void aLiveRunAndItsTwinServeTheSameTokens() throws IOException {
    Path json = directory.resolve("fidelity.json");
    int code =
        execute(
            "simulate",
            "fidelity",
            "--model",
            MODEL,
            "--duration",
            "2s",
            "--rate",
            20,
            "--json",
            json);
    // How near they are depends on what else the machine does.
    assertThat(code).isIn(0, 1);
    assertThat(json).exists();
    JsonNode root = new ObjectMapper().readTree(json.toFile());
    assertThat(root.path("rows")).hasSize(4);
    for (JsonNode row : root.path("rows")) {
      assertThat(row.path("live").asDouble()).isPositive();
      assertThat(row.path("simulated").asDouble()).isPositive();
      assertThat(out.toString()).contains(row.path("metric").asText());
    }
    JsonNode facts = root.path("assumptions");
    assertThat(facts.path("live_requests")).isEqualTo(facts.path("simulated_requests"));
    assertThat(facts.path("live_output_tokens")).isEqualTo(facts.path("simulated_output_tokens"));
  }

  @Test
  void aCalibrationIsADeviceOfScenarios() throws IOException {
    Path fit = directory.resolve("this-cpu.json");
    int code =
        execute(
            "simulate",
            "calibrate",
            "--model",
            MODEL,
            "--out",
            fit,
            "--threads",
            1,
            "--max-requests",
            1,
            "--passes",
            1);
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    Path scenario = directory.resolve("s.yaml");
    Files.writeString(
        scenario,
        """
        device: {fit: this-cpu.json}
        kv: {blocks: 200}
        workload: burst
        duration: 2s
        """);
    assertThat(execute("simulate", "run", "--scenario", scenario)).isZero();
    assertThat(out.toString()).contains("us per token", "fair-slack");
  }
}
