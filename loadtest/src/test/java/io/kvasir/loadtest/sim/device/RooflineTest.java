package io.kvasir.loadtest.sim.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.loadtest.sim.capacity.Capacity;
import io.kvasir.loadtest.workload.SloTargets;
import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RooflineTest {
  private static final ModelShape LLAMA = ModelShapes.find("LLAMA-3-8B").orElseThrow();
  private static final DeviceProfile A10 = DeviceProfile.find("A10").orElseThrow();

  @Test
  void pairsAreThoseOfCausalAttention() {
    StepLoad load = new StepLoad();
    load.add(10, 3);
    load.add(0, 2);
    assertThat(load.pairs()).isEqualTo(11 + 12 + 13 + 1 + 2);
    assertThat(load.contextTokens()).isEqualTo(13 + 2);
    assertThat(load.tokens()).isEqualTo(5);
    assertThat(load.requests()).isEqualTo(2);
  }

  @Test
  void decodingIsBoundByMemoryAndPrefillByComputing() {
    Roofline roofline = new Roofline(LLAMA, A10);
    StepLoad decode = new StepLoad();
    decode.add(1000, 1);
    double bytes = LLAMA.weightBytes() + 131_072.0 * 1002;
    assertThat(roofline.nanos(decode)).isCloseTo(round(bytes / 480e9) + 300_000, within(2L));
    StepLoad prefill = new StepLoad();
    prefill.add(0, 2000);
    double flops = 2.0 * LLAMA.parameters() * 2000 + 4.0 * 32 * 4096 * 2001 * 1000;
    assertThat(roofline.nanos(prefill)).isCloseTo(round(flops / 75e12) + 300_000, within(2L));
  }

  private static long round(double seconds) {
    return Math.round(1e9 * seconds);
  }

  /** Fu, arXiv 2405.08944: 34B at 50K on an A100. */
  @Test
  void theFourMetricsAreThoseOfThePaper() {
    ModelShape yi =
        new ModelShape(
            "34b", 60, 56, 8, 128, 34_000_000_000L, 68_000_000_000L, 2, 200_000, 64_000, "test");
    DeviceProfile a100 =
        new DeviceProfile("a100", 312e12, 2e12, 80_000_000_000L, 20e9, 1, 1, 0, "the paper");
    Capacity capacity = Capacity.of(yi, a100, 50_000, 250, 1, 0, SloTargets.NONE);
    assertThat(capacity.kvBytes() / Math.pow(2, 30)).isCloseTo(11.4, within(0.2));
    assertThat(capacity.concurrency()).isZero();
    assertThat(capacity.meetsTtft()).isFalse();
    assertThat(capacity.prefillSeconds()).isCloseTo(17.8, within(0.3));
    assertThat(capacity.decodeSeconds()).isCloseTo(10, within(0.2));
    assertThat(capacity.switchSeconds()).isCloseTo(1.23, within(0.02));
  }

  @Test
  void kvTakesWhatTheWeightsLeave() {
    assertThat(LLAMA.geometry(16).blockBytes()).isEqualTo(2 << 20);
    long room = Math.round((24L << 30) * 0.9) - LLAMA.weightBytes() - 1_000_000_000L;
    assertThat(A10.kvBlocks(LLAMA, 16, 0.9, 1_000_000_000L)).isEqualTo((int) (room / (2 << 20)));
    ModelShape large = ModelShapes.find("llama-3-70b").orElseThrow();
    assertThatThrownBy(() -> A10.kvBlocks(large, 16, 0.9, 0))
        .hasMessageContaining("a10 has no room for KV beside llama-3-70b");
    assertThat(A10.times(8).kvBlocks(large, 16, 0.9, 0)).isPositive();
  }

  @Test
  void aFitIsReadBackAsItWasWritten(@TempDir Path directory) throws IOException {
    StepSpread spread = new StepSpread(List.of(List.of(1.0), List.of(0.5, 1.5, 4.5)));
    FittedStepTime fit =
        new FittedStepTime("m", "f", 2, 1000.5, 20.25, 0.125, 3, spread, 40, 0.05, LLAMA);
    Path file = Files.writeString(directory.resolve("fit.json"), fit.json());
    assertThat(FittedStepTime.read(file)).isEqualTo(fit);
    StepLoad load = new StepLoad();
    load.add(7, 1);
    assertThat(fit.nanos(load)).isEqualTo(Math.round(1000.5 + 20.25 + 0.125 * 8 + 3));
    Path broken = Files.writeString(file, fit.json().replace("1000.5", "-1"));
    assertThatThrownBy(() -> FittedStepTime.read(broken))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("step_ns is no number of at least 0");
    Path flat = Files.writeString(file, fit.json().replace("4.5", "0"));
    assertThatThrownBy(() -> FittedStepTime.read(flat))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining("spread: a spread needs a class, and a class needs ratios above 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1000.5         | 1e999          | step_ns is no number of at least 0",
        "20.25          | 1e13           | token_ns is no number of at least 0 and at most 1e12",
        "0.5, 1.5       | null, 1.5      | spread: a spread needs a class, and a class needs"
            + " ratios",
        "4.5            | 1e999          | spread: a spread needs a class, and a class needs"
            + " ratios",
        "'layers\" : 32' | 'layers\" : 0' | shape: layers is 0, must be at least 1",
        "128256         | 7              | shape: vocabularySize is 7, must be at least 8",
        "8192           | 1              | shape: contextTokens is 1, must be at least 2",
      })
  void aFitThatCouldNotBeMeasuredIsRefused(
      String right, String wrong, String message, @TempDir Path directory) throws IOException {
    StepSpread spread = new StepSpread(List.of(List.of(1.0), List.of(0.5, 1.5, 4.5)));
    FittedStepTime fit =
        new FittedStepTime("m", "f", 2, 1000.5, 20.25, 0.125, 3, spread, 40, 0.05, LLAMA);
    String text = fit.json().replace(right, wrong);
    assertThat(text).isNotEqualTo(fit.json());
    Path file = Files.writeString(directory.resolve("fit.json"), text);
    assertThatThrownBy(() -> FittedStepTime.read(file))
        .isInstanceOf(WorkloadException.class)
        .hasMessageContaining(message);
  }
}
