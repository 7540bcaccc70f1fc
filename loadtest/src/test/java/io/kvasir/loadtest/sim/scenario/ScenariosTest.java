package io.kvasir.loadtest.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.loadtest.sim.report.SimReport;
import io.kvasir.loadtest.sim.report.SimReportHtml;
import io.kvasir.loadtest.sim.report.SimReportJson;
import io.kvasir.loadtest.sim.report.SimReportTable;
import io.kvasir.loadtest.sim.report.TraceFile;
import io.kvasir.loadtest.workload.WorkloadException;
import io.kvasir.scheduler.policy.PolicyKind;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.InputSource;

final class ScenariosTest {
  private static final Path HOME = Path.of(System.getProperty("kvasir.home", ".."));

  private static final List<String> COLUMNS =
      List.of(
          "ttft_p99_ms",
          "tbt_p999_ms",
          "throughput_tokens_s",
          "swap_bytes",
          "service_diff_max",
          "slo_attainment",
          "goodput_rps");

  @TempDir Path directory;

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("docs/scenarios"))) {
      return files.sorted().toList().stream();
    }
  }

  private record Files3(String json, String html, String trace) {}

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleRunsAndTheSameSeedGivesTheSameBytes(Path file) throws IOException {
    Files3 first = run(file);
    assertThat(run(file)).isEqualTo(first);
    ObjectMapper mapper = new ObjectMapper();
    JsonNode json = mapper.readTree(first.json());
    assertThat(json.path("assumptions").path("notes")).isNotEmpty();
    for (JsonNode row : json.path("rows")) {
      for (String column : COLUMNS) {
        assertThat(row.path(column).isNumber()).as(column).isTrue();
      }
      assertThat(row.has("jain")).isTrue();
      assertThat(row.path("slo_attainment").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(mapper.readTree(first.trace()).path("traceEvents").size()).isGreaterThan(100);
    assertThat(first.html())
        .startsWith("<!DOCTYPE html>")
        .doesNotContain("NaN", "Infinity", "http://", "https://", "<script", "url(");
    assertThatCode(() ->
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(first.html()))))
        .doesNotThrowAnyException();
  }

  private Files3 run(Path file) throws IOException {
    Scenario scenario = ScenarioYaml.read(file);
    Path trace = directory.resolve("trace.json");
    SimReport report;
    try (TraceFile out = new TraceFile(trace, 1_000)) {
      report = ScenarioRun.run(scenario, setup -> out.system(setup.label()), row -> {});
      assertThat(out.cut()).isTrue();
    }
    assertThat(report.rows()).hasSameSizeAs(scenario.setups());
    assertThat(SimReportTable.of(report)).contains(scenario.setups().getFirst().label());
    return new Files3(
        SimReportJson.text(report), SimReportHtml.of(report), Files.readString(trace));
  }

  @Test
  void aReportDoesNotDependOnHowItsFileWasNamed() {
    Path folder = HOME.resolve("docs/scenarios");
    assertThat(ScenarioYaml.read(folder.resolve("tenants.yaml")).assumptions())
        .isEqualTo(ScenarioYaml.read(folder.resolve("../scenarios/tenants.yaml")).assumptions());
  }

  @Test
  void whatTenantsWerePromisedIsStated() {
    Scenario scenario = ScenarioYaml.read(HOME.resolve("docs/scenarios/tenants.yaml"));
    assertThat(scenario.assumptions().get("tenants"))
        .asString()
        .contains("tenant=quiet, weight=1.0, slo_ttft_ms=1000, slo_tbt_ms=100");
  }

  @Test
  void aSharedTierAnswersProbes() throws IOException {
    String pressure = Files.readString(HOME.resolve("docs/scenarios/pressure.yaml"));
    Path remote = directory.resolve("remote.yaml");
    Files.writeString(
        remote,
        pressure
            .replace("kind: dram", "kind: remote")
            .replace("  duration: 1m\n", "  duration: 20s\n"));
    SimReport report = ScenarioRun.run(ScenarioYaml.read(remote), null, row -> {});
    assertThat(report.rows()).allMatch(row -> row.completed() == row.sent() && row.sent() > 0);
  }

  @Test
  void aScenarioWithoutRequestsIsRefused() throws IOException {
    String tenants = Files.readString(HOME.resolve("docs/scenarios/tenants.yaml"));
    Path none =
        Files.writeString(directory.resolve("s.yaml"), tenants + "only_tenants: [nobody]\n");
    Scenario scenario = ScenarioYaml.read(none);
    assertThatThrownBy(() -> ScenarioRun.run(scenario, null, row -> {}))
        .isInstanceOf(WorkloadException.class)
        .hasMessage("s: workload: has no request within limit, duration and only_tenants");
  }

  @Test
  void anotherSeedIsAnotherRun() {
    Scenario scenario = ScenarioYaml.read(HOME.resolve("docs/scenarios/tenants.yaml"));
    SimReport first = ScenarioRun.run(scenario, null, row -> {});
    SimReport second = ScenarioRun.run(scenario.withSeed(2), null, row -> {});
    assertThat(SimReportJson.text(second)).isNotEqualTo(SimReportJson.text(first));
    assertThat(second.assumptions()).containsEntry("seed", 2L);
  }

  private Scenario scenario(String more) throws IOException {
    String text = "{model: llama-3-8b, device: a10, workload: burst, seed: 5, " + more + "}";
    return ScenarioYaml.read(Files.writeString(directory.resolve("s.yaml"), text));
  }

  @Test
  void aPolicyMayBeNamedAmongTheSettingsOfItsSystem() throws IOException {
    Scenario read =
        scenario("policies: [{label: x, scheduler: {policy: vtc}}, {scheduler: {policy: mlfq}}]");
    assertThat(read.setups().getFirst().scheduler().policy()).isEqualTo(PolicyKind.VTC);
    assertThat(read.setups().getLast().scheduler().policy()).isEqualTo(PolicyKind.MLFQ);
    assertThat(read.setups().getLast().label()).isEqualTo("mlfq");
  }

  @Test
  void tracedPrioritiesAreDrawnByTheSeed() throws IOException {
    Scenario read = scenario("policies: [traced]");
    assertThat(read.setups().getFirst().scheduler().policySettings().traceSeed()).isEqualTo(5);
    assertThat(read.assumptions().get("systems")).asString().contains("trace_seed=5");
    Scenario other = read.withSeed(6);
    assertThat(other.setups().getFirst().scheduler().policySettings().traceSeed()).isEqualTo(6);
    assertThat(other.assumptions().get("systems")).asString().contains("trace_seed=6");
  }

  @Test
  void aRateOfItsOwnIsStated() throws IOException {
    assertThat(scenario("rate: 7").assumptions()).containsEntry("rate_per_s", 7.0);
    assertThat(scenario("limit: 9").assumptions()).doesNotContainKey("rate_per_s");
  }

  @Test
  void lengthsBeyondAnyPromptAreRefused() throws IOException {
    Scenario read = scenario("length_scale: 1000000000");
    assertThatThrownBy(() -> ScenarioRun.run(read, null, row -> {}))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("tokens, scaled by 1.0E9, are more than a prompt has");
  }

  @Test
  void roomForASingleTokenIsRefused() {
    assertThatThrownBy(() -> scenario("kv: {blocks: 1}, block_tokens: 1"))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("s.yaml:1: kv: has room for 1 token, at least 2 are needed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "device: a10     | device: b10      | s.yaml:2: device: 'b10' is not one of a10, a100,",
        "model: llama-3-8b | model: gpt     | s.yaml:1: model: 'gpt' is neither a .gguf file nor",
        "model: llama-3-8b | model: llama-3-70b | s.yaml:2: device: a10 has no room for KV",
        "[fcfs]          | [fifo]           | s.yaml:3: policies[0]: 'fifo' is not one of [fcfs,",
        "[fcfs]          | [fair_slack]     | s.yaml:3: policies[0]: 'fair_slack' is not one of"
            + " [fcfs, priority, traced, vtc, dlpm, mlfq, slack, fair-slack]",
        "[fcfs]          | [fcfs, fcfs]     | s.yaml:3: policies: two have the label 'fcfs'",
        "device: a10     | device: {name: a10, flops_share: 6, count: 2} | s.yaml:2: device:"
            + " flops_share: is 6, must be above 0 to 1",
        "device: a10     | device: {name: a10, count: 0} | device: count: is 0, must be 1 to 4096",
        "seed: 1         | kv: {blocks: -900} | s.yaml:5: kv: blocks: is -900, must be 1 to",
        "seed: 1         | kv: {memory_share: 1.9} | memory_share: is 1.9, must be above 0 to 1",
        "seed: 1         | kv: {reserve_gb: .nan} | reserve_gb: is NaN, must be 0 to",
        "seed: 1         | block_tokens: 0  | s.yaml:5: block_tokens: is 0, must be 1 to 16384",
        "seed: 1         | rate: -1         | s.yaml:5: rate: is -1, must be above 0 to 1000000",
        "seed: 1         | time_scale: 0    | s.yaml:5: time_scale: is 0, must be above 0 to",
        "seed: 1         | limit: 0         | s.yaml:5: limit: is 0, must be 1 to 2147483647",
        "seed: 1         | seed: 1.5        | s.yaml:5: seed: '1.5' is not a whole number",
        "seed: 1         | slo: {tbt_ms: -1} | s.yaml:5: slo: tbt_ms: is -1, must be 0 to",
        "seed: 1         | measure: {window: 0s} | s.yaml:5: measure: window: must be 10ms to 24h",
        "seed: 1         | measure: {window: 999999999h} | measure: window: must be 10ms to 24h",
        "seed: 1         | measure: {sample: 0.000001ms} | measure: sample: must be 10ms to 24h",
        "seed: 1         | tenants: {_others: {weight: 2}} | s.yaml:5: tenants: _others: stands for"
            + " tenants without an entry",
        "seed: 1         | plan_cost: {step_us: -1} | plan_cost: step_us: is -1, must be 0 to",
        "seed: 1         | scheduler: {max_running_requests: 0} | s.yaml:5: scheduler:"
            + " max_running_requests: must be 1 to 65536, is 0",
        "seed: 1         | scheduler: {copy_patience_ms: 0} | copy_patience_ms: must be 1 to",
        "seed: 1         | tiers: [{size_gb: 1, per_copy_us: -1}] | per_copy_us: is -1, must be 0",
        "seed: 1         | tiers: [{size_gb: 1}, {size_gb: 2}] | s.yaml:5: tiers: two have the"
            + " same name",
        "seed: 1         | tiers: [{kind: ssd, size_gb: 1, gb_per_s: 2}, {size_gb: 2}] | tiers: are"
            + " in the order dram, cxl, ssd, remote",
        "workload: burst | workload: bursts | s.yaml:4: workload: 'bursts' is neither a bundled",
        "seed: 1         | sead: 1          | s.yaml:5: unknown key 'sead'; known keys: ",
        "seed: 1         | seed: one        | s.yaml:5: seed: 'one' is not a whole number",
        "seed: 1         | sessions: shut   | s.yaml:5: sessions: 'shut' is not one of open,",
        "seed: 1         | kv: {block: 1}   | s.yaml:5: kv: unknown key 'block'; known keys:",
        "seed: 1         | duration: soon   | s.yaml:5: duration: 'soon' is not a duration",
        "seed: 1         | tiers: [{kind: dram}] | s.yaml:5: tiers[0]: size_gb: give size_gb or",
        "device: a10     | device: {fit: x} | s.yaml:2: device: fit: ",
      })
  void everyMistakeIsNamedWithItsLine(String right, String wrong, String message)
      throws IOException {
    String valid =
        """
        model: llama-3-8b
        device: a10
        policies: [fcfs]
        workload: burst
        seed: 1
        """;
    Path file = directory.resolve("s.yaml");
    Files.writeString(file, valid.replace(right.strip(), wrong.strip()));
    assertThatThrownBy(() -> ScenarioYaml.read(file))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining(message.strip())
        .hasMessageNotContaining("\n");
  }
}
