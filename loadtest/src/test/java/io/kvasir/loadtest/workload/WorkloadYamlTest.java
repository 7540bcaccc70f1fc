package io.kvasir.loadtest.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.loadtest.workload.trace.Workloads;
import io.kvasir.loadtest.workload.yaml.WorkloadYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkloadYamlTest {
  private static final String MINIMAL =
      """
      duration: 1.5m
      tenants:
        - name: a
          rate: 2
          prompt_tokens: 5
          output_tokens: {distribution: uniform, min: 1, max: 4}
      """;

  @Test
  void defaultsAreFilledIn() {
    SyntheticWorkload workload = WorkloadYaml.parse("f.yaml", "f", MINIMAL);
    assertThat(workload.duration()).contains(Duration.ofSeconds(90));
    TenantMix mix = workload.mixes().getFirst();
    assertThat(mix.process()).isEqualTo(new ArrivalProcess.Poisson());
    assertThat(mix.turns()).isEqualTo(Turns.ONE);
    assertThat(mix.ignoreEos()).isTrue();
    assertThat(mix.sampling()).isEqualTo(SamplingSpec.GREEDY);
    assertThat(mix.outputTokens()).isEqualTo(new LengthDistribution.Uniform(1, 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate: 2         | rat: 2           | f.yaml:4: tenants[0]: unknown key 'rat'; known keys:"
            + " arrivals,",
        "min: 1, max: 4  | min: 1, mx: 4    | f.yaml:6: tenants[0]: output_tokens: max: missing",
        "min: 1, max: 4  | min: 9, max: 4   | f.yaml:6: tenants[0]: output_tokens: min 9 is below 1"
            + " or above max 4",
        "uniform         | uniformly        | is not one of constant, uniform, lognormal,"
            + " quantiles",
        "duration: 1.5m  | duration: soon   | f.yaml:1: duration: 'soon' is not a duration such as",
        "duration: 1.5m  | durations: 1.5m  | f.yaml:1: unknown key 'durations'; known keys:"
            + " description, duration, rate, tenants",
        "rate: 2         | rate: two        | f.yaml:4: tenants[0]: rate: 'two' is not a number",
        "rate: 2         | weight: 2        | unknown key 'weight'; known keys: ",
        "prompt_tokens: 5| priority: 5      | give either 'prompt_tokens' or 'text'",
        "name: a         | name: [          | f.yaml: ",
        "prompt_tokens: 5| prompt_tokens: 0 | f.yaml:5: tenants[0]: prompt_tokens: 0 is below 1",
        "rate: 2         | rate: 0          | f.yaml:4: tenants[0]: rate: is 0, must be above 0"
            + " to 1000000",
        "rate: 2         | rate: -1.5       | rate: is -1.5, must be above 0 to 1000000",
        "rate: 2         | priority: 2      | rate of 0.0 requests per second, must be above 0",
        "rate: 2         | shared_prefix_tokens: -1 | shared_prefix_tokens: is -1, must be 0 to",
        "rate: 2         | slo: {ttft_ms: -1} | f.yaml:4: tenants[0]: slo: ttft_ms: is -1, must be"
            + " 0 to 86400000",
      })
  void everyMistakeIsNamedWithItsPlace(String right, String wrong, String message) {
    String yaml = MINIMAL.replace(right.strip(), wrong.strip());
    assertThat(yaml).isNotEqualTo(MINIMAL);
    assertThatThrownBy(() -> WorkloadYaml.parse("f.yaml", "f", yaml))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining(message.strip())
        .hasMessageNotContaining("\n");
  }

  @Test
  void filesAreFoundByTheirPathAndOthersAreRefused(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("own.yaml"), MINIMAL);
    assertThat(Workloads.find(file.toString()).name()).isEqualTo("own.yaml");
    assertThatThrownBy(() -> Workloads.find("no-such"))
        .hasMessage(
            "'no-such' is neither a bundled workload (mixed, chat, burst, demo, flood, sharegpt),"
                + " nor a file, nor trace:FILE");
  }
}
