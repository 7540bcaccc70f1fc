package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.scheduler.policy.PolicyKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Small experiments, through the command line. */
final class ExperimentCommandsTest {
  private static final List<String> FIELDS =
      List.of(
          "label",
          "policy",
          "ttft_p95_ms",
          "ttft_p99_ms",
          "ttft_p999_ms",
          "tbt_p999_ms",
          "throughput_tokens_s",
          "processed_tokens_s",
          "swap_bytes",
          "stall_share",
          "jain",
          "service_diff_max",
          "service_diff_mean",
          "slo_attainment",
          "goodput_rps");

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Object... args) {
    CommandLine command = Kvasir.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> texts = new ArrayList<>(List.of("simulate"));
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    return command.execute(texts.toArray(String[]::new));
  }

  /** Runs an experiment twice, compares the files and gives the JSON. */
  private JsonNode twice(Object... args) throws IOException {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path json = directory.resolve(i + ".json");
      Path html = directory.resolve(i + ".html");
      List<Object> all = new ArrayList<>(List.of(args));
      all.addAll(List.of("--seed", 3, "--json", json, "--html", html));
      int code = execute(all.toArray());
      assertThat(code).as(err.toString()).isZero();
      files.add(Files.readString(json) + Files.readString(html));
    }
    assertThat(files.getFirst()).isEqualTo(files.getLast()).contains("Kvasir experiment");
    JsonNode root = new ObjectMapper().readTree(directory.resolve("0.json").toFile());
    assertThat(root.path("assumptions").path("seed").asInt()).isEqualTo(3);
    assertThat(root.path("assumptions").path("notes")).isNotEmpty();
    assertThat(root.path("goals")).isNotEmpty();
    for (JsonNode row : root.path("rows")) {
      assertThat(FIELDS).allMatch(row::has);
    }
    return root;
  }

  @Test
  void fastSwitchHasARowPerEngineAndPattern() throws IOException {
    JsonNode root = twice("fastswitch", "--conversations", 5, "--rate", 5.5, "--per-copy-us", 5);
    assertThat(root.path("rows")).hasSize(4 * 11);
    assertThat(root.path("assumptions").path("comparisons")).hasSize(4);
    JsonNode baseline = root.path("rows").path(0);
    assertThat(baseline.path("priorities").asText()).isEqualTo("random");
    assertThat(baseline.path("priority_updates_per_step").asDouble()).isEqualTo(0.04);
    JsonNode systems = root.path("assumptions").path("comparisons").path(0).path("systems");
    assertThat(systems.path(0).path("core").asText()).isEqualTo("vllm-033");
    assertThat(systems.path(10).path("core").asText()).isEqualTo("kvasir");
    assertThat(systems.path(0).path("copy_unit").asText()).isEqualTo("layer");
    assertThat(systems.path(0).path("copy_synchronous").asBoolean()).isTrue();
    assertThat(systems.path(0).path("keep_copies").asBoolean()).isFalse();
    assertThat(out.toString())
        .contains("vLLM 0.3.3-like", "Kvasir, default", "ahead of FastSwitch");
    assertThat(err.toString()).contains("s of traffic in");
    assertThat(directory.resolve("0.html"))
        .content()
        .contains("<span><i class=\"swatch s10\"></i>Kvasir, default</span>", "\"line s10\"")
        .contains(".s10 { --c:");
  }

  @Test
  void fairnessHasARowPerPolicyAndAFlood() throws IOException {
    StringBuilder csv = new StringBuilder("req_id,client,timestamp_s,input_tokens,output_tokens\n");
    for (int i = 0; i < 150; i++) {
      csv.append("%d,%d,%d.5,%d,%d%n".formatted(i, i % 5 * (i % 2), i, 50 + i % 90, 60 + i % 70));
    }
    Path trace = Files.writeString(directory.resolve("clients.csv"), csv);
    JsonNode root = twice("fairness", "--trace", trace, "--limit", 150);
    assertThat(root.path("rows")).hasSize(PolicyKind.values().length + 1 + 3);
    assertThat(root.path("rows").path(0).path("clients").asText()).isEqualTo("trace:clients.csv");
    assertThat(root.path("rows").path(0).path("tenants").path(0).has("slo_attainment")).isTrue();
    assertThat(out.toString()).contains("fair-slack", "a tenant alone", "floods at 20 times");
  }

  @Test
  void withoutATraceTheClientsAreSyntheticAndSaidToBe() throws IOException {
    Path json = directory.resolve("r.json");
    assertThat(execute("fairness", "--limit", 120, "--json", json)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("27 synthetic clients");
    assertThat(json).content().contains("synthetic, since no trace was given");
  }

  @Test
  void pressureHasARowPerFate() throws IOException {
    JsonNode root = twice("pressure", "--limit", 20);
    assertThat(root.path("rows")).hasSize(8 * 4);
    assertThat(root.path("rows").path(0).path("demand_blocks").asInt()).isPositive();
    assertThat(out.toString()).contains("choice per victim", "the better of swap's");
  }

  @Test
  void mistakesAreOneLine() {
    assertThat(execute("fastswitch", "--conversations", 0)).isEqualTo(2);
    assertThat(execute("fastswitch", "--rate", 0)).isEqualTo(2);
    assertThat(execute("fastswitch", "--per-copy-us", -1)).isEqualTo(2);
    assertThat(execute("fastswitch", "--answer-tokens", 0)).isEqualTo(2);
    assertThat(execute("fairness", "--limit", 1)).isEqualTo(2);
    assertThat(execute("pressure", "--limit", 1)).isEqualTo(2);
    assertThat(execute("pressure", "--json", directory)).isEqualTo(2);
    assertThat(err.toString()).contains("--limit: is 1, must be 20 to 1000000").hasLineCount(7);
    assertThat(execute("fairness", "--trace", directory.resolve("none"))).isEqualTo(1);
    assertThat(err.toString()).contains("there is no such file");
  }
}
