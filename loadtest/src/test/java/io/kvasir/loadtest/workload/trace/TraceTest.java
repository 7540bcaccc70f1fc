package io.kvasir.loadtest.workload.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.ArrivalStream;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import io.kvasir.loadtest.workload.Workload;
import io.kvasir.loadtest.workload.WorkloadException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each format on a few lines written here; {@link RealTracesTest} reads the real files. */
final class TraceTest {
  private static final String AZURE =
      """
      TIMESTAMP,ContextTokens,GeneratedTokens
      2023-11-16 18:15:46.6805900,374,44
      2023-11-16 18:15:50.9951690,396,0
      """;
  private static final String VTC =
      """
      req_id,client,timestamp_s,input_tokens,output_tokens
      0,13,0.000000,13,199
      1,2,0.207938,36,137
      """;
  private static final String MOONCAKE =
      """
      {"timestamp": 0, "input_length": 1025, "output_length": 5, "hash_ids": [0, 7, 8]}
      {"timestamp": 1500, "input_length": 600, "output_length": 6, "hash_ids": [0, 9]}
      """;
  private static final String QUANTILES =
      "[9," + String.join(",", Collections.nCopies(22, "8")) + "]";
  private static final String SERVEGEN =
      """
      {"model":"m","client":3,"windows":[[0,2.0,1.5,"Gamma",0.1,9],[600,0,1,"Weibull",0.5,2],\
      [1200,3.0,2,"Weibull",0.5,2]],"dists":{"0":{"input_tokens":Q,"output_tokens":Q}}}
      {"model":"m","client":4,"windows":[],"dists":{}}
      """
          .replace("Q", QUANTILES);
  private static final String AGENTS =
      """
      {"id":"s1","block":64,"reqs":[{"t":0.0,"in":130,"out":5,"keep":0,"runs":[[1,2]]},\
      {"t":4.0,"sub":[{"t":1.0,"in":64,"out":2,"keep":0,"runs":[[50,1]]}]},\
      {"t":9.0,"in":192,"out":7,"keep":1,"runs":[[7,2]]}]}
      {"id":"s2","block":64,"reqs":[{"t":0.0,"in":64,"out":1,"keep":0,"runs":[[1,1]]}]}
      """;

  @TempDir private Path directory;

  @Test
  void azureStartsAtItsFirstLine() throws IOException {
    List<Arrival> arrivals = read(AZURE);
    assertThat(arrivals).extracting(Arrival::offsetNanos).containsExactly(0L, 4_314_579_000L);
    assertThat(arrivals).extracting(TraceTest::tokens).containsExactly(374, 396);
    assertThat(arrivals).extracting(Arrival::maxTokens).containsExactly(44, 1);
  }

  @Test
  void arenaClientsAreTenants() throws IOException {
    List<Arrival> arrivals = read(VTC);
    assertThat(arrivals).extracting(Arrival::tenant).containsExactly("client-13", "client-2");
    assertThat(arrivals.get(1).offsetNanos()).isEqualTo(207_938_000);
    assertThat(tokens(arrivals.get(1))).isEqualTo(36);
  }

  @Test
  void mooncakeBlocksOfEqualIdAreEqualTokens() throws IOException {
    List<Arrival> arrivals = read(MOONCAKE);
    assertThat(((Prompt.Synthetic) arrivals.get(0).prompt()).segments())
        .containsExactly(
            new Segment(0, 0, 512), new Segment(0, 7 * 512, 512), new Segment(0, 8 * 512, 1));
    assertThat(((Prompt.Synthetic) arrivals.get(1).prompt()).segments())
        .containsExactly(new Segment(0, 0, 512), new Segment(0, 9 * 512, 88));
    assertThat(arrivals.get(1).offsetNanos()).isEqualTo(1_500_000_000);
  }

  @Test
  void serveGenDrawsFromTheWindowsOfEachClient() throws IOException {
    List<Arrival> arrivals = read(SERVEGEN);
    assertThat(arrivals).extracting(Arrival::tenant).containsOnly("client-3");
    assertThat(arrivals).extracting(TraceTest::tokens).containsOnly(8);
    long inFirst = arrivals.stream().filter(a -> a.offsetNanos() < 600e9).count();
    long inLast = arrivals.stream().filter(a -> a.offsetNanos() >= 1200e9).count();
    assertThat(inFirst + inLast).isEqualTo(arrivals.size());
    assertThat(inFirst).isBetween(900L, 1500L);
    assertThat(inLast).isBetween(1300L, 2300L);
    assertThat(arrivals.getLast().offsetNanos()).isLessThan(1_800_000_000_000L);
  }

  @Test
  void agentsRepeatTheBlocksOfTheRequestBefore() throws IOException {
    List<Arrival> session =
        read(AGENTS).stream().filter(arrival -> arrival.session().equals("s1")).toList();
    assertThat(session)
        .extracting(Arrival::offsetNanos)
        .containsExactly(0L, 5_000_000_000L, 9_000_000_000L);
    assertThat(session).extracting(TraceTest::tokens).containsExactly(130, 64, 192);
    long stream = segments(session.get(0)).getFirst().stream();
    assertThat(segments(session.get(0)).getFirst()).isEqualTo(new Segment(stream, 64, 128));
    // The sub-agent in between is no part of the main conversation.
    assertThat(segments(session.get(2)))
        .containsExactly(new Segment(stream, 64, 64), new Segment(stream, 7 * 64, 128));
  }

  /** Block ids count from one in each session. */
  @Test
  void sessionsOfAgentsShareNothing() throws IOException {
    assertThat(
            read(AGENTS).stream()
                .collect(
                    Collectors.groupingBy(
                        Arrival::session,
                        Collectors.mapping(
                            arrival -> segments(arrival).getFirst().stream(), Collectors.toSet())))
                .values())
        .hasSizeGreaterThan(1)
        .doesNotHaveDuplicates();
  }

  @Test
  void onlySessionsHaveARate() throws IOException {
    Workload slow = TraceWorkload.of(file("trace", AGENTS)).atRate(0.01);
    Workload fast = TraceWorkload.of(file("trace", AGENTS)).atRate(100);
    assertThat(all(slow).getLast().offsetNanos()).isGreaterThan(all(fast).getLast().offsetNanos());
    assertThatThrownBy(() -> TraceWorkload.of(file("azure", AZURE)).atRate(2))
        .hasMessage(
            "trace:azure: its times are recorded; change them with a time scale, not a rate");
    Workload sessions = TraceWorkload.of(file("trace", AGENTS));
    for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> sessions.atRate(rate))
          .hasMessage(
              "trace:trace: rate of " + rate + " sessions per second, must be above 0 to 1000000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {AZURE, VTC, MOONCAKE, AGENTS})
  void compressedFilesReadTheSame(String text) throws IOException {
    Path compressed = directory.resolve("trace.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(all(TraceWorkload.of(compressed))).isEqualTo(read(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "AZURE    | 396,0            | 396            | 3: 3 fields needed, 2 found",
        "AZURE    | 396,0            | x,0            | 3: ContextTokens 'x' is not a whole number",
        "AZURE    | 396,0            | 396,-1         | 3: GeneratedTokens '-1' is negative",
        "AZURE    | 18:15:50         | 18:15:40       | 3: earlier than the line before",
        "AZURE    | 2023-11-16 18:15:5 | yesterday    | 3: TIMESTAMP 'yesterday0.9951690' is not a"
            + " time",
        "VTC      | 0.207938         | soon           | 3: timestamp_s 'soon' is not a number",
        "VTC      | 0.207938         | NaN            | 3: timestamp_s 'NaN' is not a number",
        "MOONCAKE | , 9]}            | , 9            | 2: not JSON",
        "MOONCAKE | [0, 9]           | [0]            | 2: hash_ids cover 512 of input_length 600"
            + " tokens",
        "MOONCAKE | [0, 9]           | [0, 9, 10]     | 2: hash_ids do not fit input_length 600",
        "MOONCAKE | `\"output_length\": 6` | `\"output\": 6` | 2: field 'output_length' is missing",
        "AGENTS   | `\"keep\":1`     | `\"keep\":9`   | 1: keep exceeds the previous request by 7"
            + " blocks",
        "SERVEGEN | `\"Gamma\"`      | `\"Pareto\"`   | 1: unknown pattern 'Pareto'",
        "AZURE    | TIMESTAMP        | TIME           | 1: not a known trace",
      })
  void mistakesAreNamedWithFileAndLine(String format, String right, String wrong, String message)
      throws IOException {
    String text =
        switch (format.strip()) {
          case "AZURE" -> AZURE;
          case "VTC" -> VTC;
          case "MOONCAKE" -> MOONCAKE;
          case "SERVEGEN" -> SERVEGEN;
          default -> AGENTS;
        };
    String broken = text.replace(right.strip(), wrong.strip());
    assertThat(broken).isNotEqualTo(text);
    Path file = file("broken", broken);
    assertThatThrownBy(() -> all(TraceWorkload.of(file)))
        .isInstanceOf(WorkloadException.class)
        .hasMessageStartingWith(file + ":" + message.strip());
  }

  @Test
  void emptyAndMissingFilesAreRefused() throws IOException {
    Path empty = file("empty", "");
    assertThatThrownBy(() -> TraceFormat.of(empty)).hasMessage(empty + ":1: the trace is empty");
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> TraceFormat.of(missing))
        .hasMessageStartingWith(missing + ": there is no such file");
  }

  private List<Arrival> read(String text) throws IOException {
    return all(TraceWorkload.of(file("trace", text)));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static List<Arrival> all(Workload workload) {
    List<Arrival> arrivals = new ArrayList<>();
    try (ArrivalStream stream = workload.arrivals(1)) {
      stream.forEachRemaining(arrivals::add);
    }
    return arrivals;
  }

  private static List<Segment> segments(Arrival arrival) {
    return ((Prompt.Synthetic) arrival.prompt()).segments();
  }

  private static int tokens(Arrival arrival) {
    return segments(arrival).stream().collect(Collectors.summingInt(Segment::tokens));
  }
}
