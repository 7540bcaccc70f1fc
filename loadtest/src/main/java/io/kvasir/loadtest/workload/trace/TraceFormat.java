package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.WorkloadException;
import java.nio.file.Path;

/** The trace formats, told apart by a file's first line. */
public enum TraceFormat {
  /** Azure LLM inference trace 2023. */
  AZURE("Azure LLM inference trace 2023 (Splitwise, ISCA'24)", false),
  /** Chatbot Arena as used by VTC. */
  VTC_ARENA("Chatbot Arena trace (VTC, OSDI'24)", false),
  /** Mooncake, with the ids of prefix blocks. */
  MOONCAKE("Mooncake conversation trace (FAST'25)", false),
  /** ServeGen's clients; arrivals are drawn from what was measured. */
  SERVEGEN("ServeGen client distributions", false),
  /** Sessions of coding agents; their starts are drawn. */
  AGENTS("sessions of coding agents", true);

  private final String description;
  private final boolean hasRate;

  TraceFormat(String description, boolean hasRate) {
    this.description = description;
    this.hasRate = hasRate;
  }

  /** One line for people. */
  public String description() {
    return description;
  }

  /** Whether the trace leaves the rate of its sessions open. */
  boolean hasRate() {
    return hasRate;
  }

  /**
   * The format of a file.
   *
   * @throws WorkloadException if it cannot be read or is none of them
   */
  public static TraceFormat of(Path file) {
    try (TraceLines lines = new TraceLines(file)) {
      String first = lines.next();
      if (first == null) {
        throw lines.malformed("the trace is empty");
      } else if (first.startsWith("TIMESTAMP,ContextTokens")) {
        return AZURE;
      } else if (first.startsWith("req_id,client")) {
        return VTC_ARENA;
      } else if (first.contains("\"hash_ids\"")) {
        return MOONCAKE;
      } else if (first.contains("\"windows\"")) {
        return SERVEGEN;
      } else if (first.contains("\"reqs\"")) {
        return AGENTS;
      }
      throw lines.malformed(
          "not a known trace (azure, vtc_arena, mooncake, servegen or agent sessions)");
    }
  }
}
