package io.kvasir.loadtest.sim.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kvasir.loadtest.report.Latency;
import io.kvasir.loadtest.sim.fidelity.FidelityReport.Figures;
import java.io.IOException;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class FidelityReportTest {
  private static Latency millis(int fast, int slow) {
    Histogram micros = new Histogram(3);
    micros.recordValueWithCount(fast * 1000L, 98);
    micros.recordValueWithCount(slow * 1000L, 2);
    return Latency.of(micros);
  }

  @Test
  void bothFiguresAndTheirRatioAreThere() throws IOException {
    Figures live = new Figures(millis(10, 100), millis(1, 4));
    Figures simulated = new Figures(millis(9, 60), millis(1, 4));
    FidelityReport report = FidelityReport.of(Map.of("seed", 1), live, simulated, 2);
    assertThat(report.within()).as("ttft_p99 is not").isFalse();
    JsonNode json = new JsonMapper().readTree(report.json());
    assertThat(json.get("assumptions").get("seed").asInt()).isEqualTo(1);
    JsonNode first = json.get("rows").get(0);
    assertThat(first.get("metric").asText()).isEqualTo("ttft_p50_ms");
    assertThat(first.get("live").asDouble()).isBetween(9.9, 10.1);
    assertThat(first.get("simulated").asDouble()).as("with the call").isBetween(10.9, 11.1);
    assertThat(first.get("within").asBoolean()).isTrue();
    assertThat(json.get("rows").get(1).get("within").asBoolean()).isFalse();
    assertThat(json.get("rows").get(3).get("ratio").asDouble()).isEqualTo(1);
    assertThat(report.table().lines()).hasSize(5).element(2).asString().endsWith("no");
  }

  @Test
  void nothingMeasuredIsNotNear() {
    Figures none = new Figures(Latency.NONE, Latency.NONE);
    FidelityReport report = FidelityReport.of(Map.of(), none, none, 0);
    assertThat(report.within()).isFalse();
    assertThat(report.json()).contains("\"ratio\" : null");
  }
}
