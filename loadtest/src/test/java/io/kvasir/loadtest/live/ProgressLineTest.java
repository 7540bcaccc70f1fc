package io.kvasir.loadtest.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.loadtest.report.RequestEnd;
import io.kvasir.loadtest.report.RequestTimes;
import io.kvasir.loadtest.report.RunRecorder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgressLineTest {
  private static final long MILLI = 1_000_000;

  @Test
  void troubleIsToldOnlyWhereThereIsSome() {
    RunRecorder.Progress calm = new RunRecorder.Progress(41, 38, 0, 0, 9000, 35.2);
    assertThat(ProgressLine.line(12.34, calm, 1204))
        .isEqualTo("12.3 s  41 sent  38 done  3 running  1,204 tokens/s  ttft p50 35 ms");
    RunRecorder.Progress rough = new RunRecorder.Progress(1041, 1038, 7, 2, 9000, 35.2);
    assertThat(ProgressLine.line(12.34, rough, 0))
        .isEqualTo(
            "12.3 s  1,041 sent  1,038 done  3 running  7 refused  2 failed  0 tokens/s"
                + "  ttft p50 35 ms");
  }

  /** The last line gives the rate of the whole run, and ends the line on a terminal. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void endIsToldOnce(boolean terminal) {
    Recorders recorders = new Recorders(Duration.ZERO, List.of());
    RunRecorder recorder = recorders.run();
    ManualClock clock = new ManualClock();
    StringWriter text = new StringWriter();
    try (var _ = new ProgressLine(new PrintWriter(text), terminal, recorders, clock)) {
      recorder.sent("a", 0, 0);
      recorder.firstTokens("a", 20 * MILLI, 20 * MILLI, 10);
      recorder.ended(
          "a",
          30 * MILLI,
          RequestEnd.without(RequestEnd.Kind.OK, ""),
          new RequestTimes(30 * MILLI, 20 * MILLI, 0, 10, true));
      clock.advance(2000 * MILLI);
    }
    assertThat(text.toString().stripTrailing())
        .endsWith("2.0 s  1 sent  1 done  0 running  5 tokens/s  ttft p50 20 ms");
    assertThat(text.toString()).endsWith(System.lineSeparator());
    assertThat(text.toString().startsWith("\r")).isEqualTo(terminal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2000 | warm-up  2.0 s  2 sent  0 done  2 running  0 tokens/s",
        "7000 | 2.0 s  1 sent  0 done  1 running  4 tokens/s",
      })
  void theWarmUpIsToldByItself(long millis, String told) {
    Recorders recorders = new Recorders(Duration.ofSeconds(5), List.of());
    ManualClock clock = new ManualClock();
    StringWriter text = new StringWriter();
    try (var _ = new ProgressLine(new PrintWriter(text), false, recorders, clock)) {
      recorders.warmup().sent("a", 0, 0);
      recorders.warmup().sent("a", 1, 0);
      recorders.run().sent("a", 6000 * MILLI, 0);
      recorders.run().firstTokens("a", 6020 * MILLI, 20 * MILLI, 8);
      clock.advance(millis * MILLI);
    }
    assertThat(text.toString()).startsWith(told);
  }
}
