package io.kvasir.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class PlanCommandTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int plan(String... more) {
    CommandLine command = Kvasir.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    List<String> args = new ArrayList<>(List.of("plan", "--model", "llama-3-8b"));
    args.addAll(List.of("--device", "a10,a100"));
    args.addAll(List.of(more));
    return command.execute(args.toArray(String[]::new));
  }

  private JsonNode json(String... more) throws IOException {
    Path file = directory.resolve("plan.json");
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--json", file.toString()));
    assertThat(plan(args.toArray(String[]::new))).as(err.toString()).isZero();
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void aMixHasARowPerClassAndItsFigures() throws IOException {
    JsonNode root = json("--input", "1000,4000", "--slo", "3@1000:30,7@5000:200");
    assertThat(out.toString())
        .contains("TTFT target", "30.0 %", "shared requests/s", "separate requests/s");
    JsonNode assumptions = root.path("assumptions");
    assertThat(assumptions.has("ttft_ms")).isFalse();
    JsonNode classes = assumptions.path("slo_classes");
    assertThat(classes).hasSize(2);
    assertThat(classes.path(0).path("slo_share").asDouble()).isEqualTo(0.3);
    assertThat(root.path("rows")).hasSize(8);
    JsonNode row = root.path("rows").path(1);
    assertThat(row.path("slo_share").asDouble()).isEqualTo(0.7);
    assertThat(row.path("ttft_target_ms").asInt()).isEqualTo(5000);
    assertThat(row.path("tbt_target_ms").asInt()).isEqualTo(200);
    assertThat(root.path("mixes")).hasSize(4);
    JsonNode mix = root.path("mixes").path(2);
    assertThat(mix.path("device").asText()).isEqualTo("a100");
    assertThat(mix.path("input_tokens").asInt()).isEqualTo(1000);
    double tight = root.path("rows").path(4).path("requests_per_s").asDouble();
    double loose = root.path("rows").path(5).path("requests_per_s").asDouble();
    assertThat(tight).isPositive().isLessThan(loose);
    assertThat(mix.path("shared_requests_per_s").asDouble()).isEqualTo(tight);
    assertThat(mix.path("separate_requests_per_s").asDouble())
        .isCloseTo(1 / (0.3 / tight + 0.7 / loose), within(1e-9));
    assertThat(mix.path("device_shares")).hasSize(2);
  }

  @Test
  void withoutSharesClassesAreEqualAndMayBeRepeated() throws IOException {
    JsonNode classes =
        json("--slo", "500:30,0:0", "--slo=9000:0").path("assumptions").path("slo_classes");
    assertThat(classes).hasSize(3);
    assertThat(classes.path(2).path("slo_share").asDouble()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(classes.path(2).path("ttft_target_ms").asInt()).isEqualTo(9000);
  }

  @Test
  void onePairOfTargetsIsThePlanItAlwaysWas() throws IOException {
    JsonNode root = json("--ttft-ms", "2000", "--tbt-ms", "50");
    assertThat(out.toString()).doesNotContain("share:", "shared requests/s", "TTFT target");
    assertThat(root.fieldNames()).toIterable().containsExactly("assumptions", "rows");
    assertThat(root.path("assumptions").fieldNames())
        .toIterable()
        .containsExactly(
            "ttft_ms", "tbt_ms", "memory_share", "reserve_bytes", "devices", "model", "notes");
    assertThat(root.path("rows").path(0).has("slo_share")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|--slo: '500' is not [SHARE@]TTFT_MS:TBT_MS.",
        "500:30,|--slo: '' is not [SHARE@]TTFT_MS:TBT_MS.",
        "NaN@500:30|--slo: 'NaN@500:30' is not [SHARE@]TTFT_MS:TBT_MS.",
        "0@500:30|--slo: '0@500:30': SHARE is 0, must be above 0: 0.000001 to 1000000",
        "-1@500:30|--slo: '-1@500:30': SHARE is -1, must be above 0: 0.000001 to 1000000",
        "500:-1|--slo: '500:-1': TBT_MS is -1, must be 0 to 86400000",
        "86400001:1|--slo: '86400001:1': TTFT_MS is 86400001, must be 0 to 86400000",
        "1@500:30,5:5|--slo: 1 of 2 classes have a share, must be all or none.",
      })
  void aBadClassIsOneLine(String slo, String message) {
    assertThat(plan("--slo=" + slo)).isEqualTo(2);
    assertThat(err.toString().strip()).startsWith(message).doesNotContain("\n");
  }

  @Test
  void classesHaveALimit() {
    assertThat(plan("--slo", "1:1" + ",1:1".repeat(64))).isEqualTo(2);
    assertThat(err.toString()).startsWith("--slo: number of classes: is 65, must be 1 to 64");
  }

  @Test
  void nothingThatWasGivenIsIgnored() {
    assertThat(plan("--slo", "500:30", "--tbt-ms", "0")).isEqualTo(2);
    assertThat(err.toString()).startsWith("--slo: says what --tbt-ms would say");
    assertThat(plan("--slo", "500:30", "--workload", "burst")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString()).contains("--slo: not with --workload, whose requests have");
  }
}
