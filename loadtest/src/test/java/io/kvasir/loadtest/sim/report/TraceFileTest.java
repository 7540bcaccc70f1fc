package io.kvasir.loadtest.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvasir.loadtest.sim.metrics.SimMetrics;
import io.kvasir.loadtest.sim.scenario.ScenarioRun;
import io.kvasir.loadtest.sim.scenario.ScenarioYaml;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trace of a scenario that swaps. */
final class TraceFileTest {
  private static final Path HOME = Path.of(System.getProperty("kvasir.home", ".."));

  @TempDir Path directory;

  private SimReport report = new SimReport("", "", Map.of(), List.of());

  private List<JsonNode> events() throws IOException {
    Path file = directory.resolve("trace.json");
    try (TraceFile trace = new TraceFile(file, 1_000_000)) {
      report =
          ScenarioRun.run(
              ScenarioYaml.read(HOME.resolve("docs/scenarios/pressure.yaml")),
              setup -> trace.system(setup.label()),
              row -> {});
    }
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    assertThat(root.path("otherData").path("events_left_out").asInt(-1)).isZero();
    List<JsonNode> events = new ArrayList<>();
    root.path("traceEvents").forEach(events::add);
    return events;
  }

  private static long count(List<JsonNode> events, String phase, String name) {
    return events.stream()
        .filter(event -> event.path("ph").asText().equals(phase))
        .filter(event -> event.path("name").asText().equals(name))
        .count();
  }

  @Test
  void stepsCopiesAndRequestsAreThere() throws IOException {
    List<JsonNode> events = events();
    assertThat(events).allMatch(event -> event.path("dur").asDouble() >= 0);
    long requests = report.rows().stream().mapToLong(SimMetrics::sent).sum();
    long preemptions = report.rows().stream().mapToLong(SimMetrics::preemptions).sum();
    assertThat(preemptions).isPositive();
    assertThat(count(events, "b", "tenant chat")).isEqualTo(requests);
    assertThat(count(events, "n", "PREEMPTED")).isEqualTo(preemptions);
    assertThat(count(events, "n", "RESUMED")).isEqualTo(preemptions);
    assertThat(count(events, "X", "step"))
        .isEqualTo(report.rows().stream().mapToLong(SimMetrics::steps).sum());
    assertThat(count(events, "X", "load")).isPositive();
    assertThat(count(events, "X", "store")).isPositive();
  }

  @Test
  void thePhasesOfARequestLieWithinIt() throws IOException {
    Map<String, Deque<String>> open = new HashMap<>();
    for (JsonNode event : events()) {
      Deque<String> phases =
          open.computeIfAbsent(event.path("id").asText(), id -> new ArrayDeque<>());
      String name = event.path("name").asText();
      switch (event.path("ph").asText()) {
        case "b" -> phases.push(name);
        case "e" -> assertThat(phases.pop()).isEqualTo(name);
        default -> {}
      }
    }
    assertThat(open.values()).allMatch(Deque::isEmpty);
  }
}
