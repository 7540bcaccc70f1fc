package io.kvasir.loadtest.workload.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The published traces, where they are at hand; their README gives the counts. */
final class RealTracesTest {
  @Test
  void azure() {
    Path file = trace("azure2023_conv.csv.gz");
    try (ArrivalStream arrivals = TraceWorkload.of(file).arrivals(1)) {
      Sums sums = Sums.of(arrivals);
      assertThat(sums.count).isEqualTo(19_366);
      assertThat(sums.lastSeconds / 60).isBetween(57.0, 59.0);
    }
  }

  @Test
  void mooncake() {
    Path file = trace("mooncake_conversation.jsonl.gz");
    try (ArrivalStream arrivals = TraceWorkload.of(file).arrivals(1)) {
      Sums sums = Sums.of(arrivals);
      assertThat(sums.count).isEqualTo(12_031);
      assertThat(sums.lastSeconds / 60).isBetween(58.0, 60.0);
      // 36.6 % of all blocks occurred before.
      assertThat(sums.repeatedShare()).isBetween(0.36, 0.375);
    }
  }

  @Test
  void vtcArena() {
    Path file = trace("vtc_arena_27clients.csv");
    try (ArrivalStream arrivals = TraceWorkload.of(file).arrivals(1)) {
      Sums sums = Sums.of(arrivals);
      assertThat(sums.count).isEqualTo(1500);
      assertThat(sums.tenants).hasSize(27);
      assertThat(sums.lastSeconds / 60).isBetween(9.0, 10.1);
    }
  }

  @Test
  void serveGen() {
    Path file = trace("servegen_m-large.jsonl.gz");
    try (TraceRecords<ServeGenTrace.Client> clients = ServeGenTrace.read(file)) {
      int count = 0;
      int windows = 0;
      while (clients.hasNext()) {
        windows += clients.next().windows().size();
        count++;
      }
      assertThat(count).isEqualTo(162);
      assertThat(windows).isEqualTo(99_839);
    }
    try (ArrivalStream arrivals = TraceWorkload.of(file).arrivals(1)) {
      long last = 0;
      for (int i = 0; i < 10_000; i++) {
        long offset = arrivals.next().offsetNanos();
        assertThat(offset).isGreaterThanOrEqualTo(last);
        last = offset;
      }
    }
  }

  @Test
  void agentSessions() {
    Path file = trace("agent_sessions.jsonl.gz");
    try (TraceRecords<AgentTrace.Session> sessions = AgentTrace.read(file)) {
      int count = 0;
      int requests = 0;
      while (sessions.hasNext()) {
        requests += sessions.next().requests().size();
        count++;
      }
      assertThat(count).isEqualTo(346);
      assertThat(requests).isEqualTo(22_892);
    }
  }

  /** The file's path; the test is skipped, with a message, where it is missing. */
  private static Path trace(String name) {
    Path file =
        Path.of(Objects.requireNonNull(System.getProperty("kvasir.shared"), "kvasir.shared"))
            .resolve("traces")
            .resolve(name);
    assumeThat(file).as("trace %s", name).exists();
    return file;
  }

  private static final class Sums {
    private final Set<String> tenants = new HashSet<>();
    private final Set<Long> offsets = new HashSet<>();
    private int count;
    private long segments;
    private double lastSeconds;

    static Sums of(ArrivalStream arrivals) {
      Sums sums = new Sums();
      while (arrivals.hasNext()) {
        Arrival arrival = arrivals.next();
        sums.count++;
        sums.tenants.add(arrival.tenant());
        sums.lastSeconds = arrival.offsetNanos() / 1e9;
        ((Prompt.Synthetic) arrival.prompt())
            .segments()
            .forEach(segment -> {
              sums.segments++;
              sums.offsets.add(segment.offset());
            });
      }
      return sums;
    }

    double repeatedShare() {
      return 1 - (double) offsets.size() / segments;
    }
  }
}
