package io.kvasir.loadtest.report;

import java.util.List;
import java.util.Map;

/** What tests report about. */
public final class TestRuns {
  private TestRuns() {}

  /** A run of no importance. */
  public static RunInfo info() {
    return info(Warmup.NONE);
  }

  /** The same after a warm-up. */
  public static RunInfo info(Warmup warmup) {
    return new RunInfo(
        "test <workload>",
        "a & b",
        1,
        "localhost:1",
        Map.of("name", "scripted"),
        1,
        0.5,
        3,
        warmup,
        5,
        "kvasir dev, Java 25",
        2,
        "2026-01-01T00:00:00Z",
        List.of("A note."));
  }
}
