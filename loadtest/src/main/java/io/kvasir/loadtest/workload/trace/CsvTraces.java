package io.kvasir.loadtest.workload.trace;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Readers of the traces that are tables: a time, two lengths and perhaps a client per line. */
final class CsvTraces {
  private static final double NANOS = 1e9;

  private CsvTraces() {}

  /** Azure LLM inference trace 2023: {@code TIMESTAMP,ContextTokens,GeneratedTokens}. */
  static TraceRecords<Arrival> azure(Path file) {
    return new TraceRecords<>(file, new Azure());
  }

  /** Chatbot Arena as used by VTC: {@code req_id,client,timestamp_s,input_tokens,output_tokens}. */
  static TraceRecords<Arrival> vtcArena(Path file) {
    return new TraceRecords<>(file, new VtcArena());
  }

  private static final class Azure implements TraceRecords.LineParser<Arrival> {
    private @Nullable LocalDateTime start;
    private long index;

    @Override
    public Optional<Arrival> parse(String line) {
      if (line.startsWith("TIMESTAMP")) {
        return Optional.empty();
      }
      String[] fields = fields(line, 3);
      LocalDateTime time = time(fields[0]);
      if (start == null) {
        start = time;
      }
      long offset = start.until(time, ChronoUnit.NANOS);
      Prompt prompt = unique(index, length("ContextTokens", fields[1]));
      return Optional.of(
          Arrival.plain(index++, offset, "azure", prompt, length("GeneratedTokens", fields[2])));
    }

    private static LocalDateTime time(String field) {
      try {
        return LocalDateTime.parse(field.replace(' ', 'T'));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("TIMESTAMP '" + field + "' is not a time", e);
      }
    }
  }

  private static final class VtcArena implements TraceRecords.LineParser<Arrival> {
    private long index;

    @Override
    public Optional<Arrival> parse(String line) {
      if (line.startsWith("req_id")) {
        return Optional.empty();
      }
      String[] fields = fields(line, 5);
      Prompt prompt = unique(index, length("input_tokens", fields[3]));
      return Optional.of(
          Arrival.plain(
              index++,
              Math.round(seconds("timestamp_s", fields[2]) * NANOS),
              "client-" + fields[1],
              prompt,
              length("output_tokens", fields[4])));
    }
  }

  /** A prompt that shares nothing with any other. */
  private static Prompt unique(long index, int tokens) {
    return new Prompt.Synthetic(List.of(new Segment(index + 1, 0, tokens)));
  }

  private static String[] fields(String line, int count) {
    String[] fields = line.split(",", -1);
    if (fields.length != count) {
      throw new IllegalArgumentException(count + " fields needed, " + fields.length + " found");
    }
    return fields;
  }

  private static double seconds(String name, String field) {
    try {
      double seconds = Double.parseDouble(field);
      if (!Double.isNaN(seconds)) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " '" + field + "' is not a number", e);
    }
    throw new IllegalArgumentException(name + " '" + field + "' is not a number");
  }

  /** A length in tokens; a model that answers nothing still counts as one token. */
  private static int length(String name, String field) {
    try {
      int length = Integer.parseInt(field.strip());
      if (length >= 0) {
        return Math.max(1, length);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " '" + field + "' is not a whole number", e);
    }
    throw new IllegalArgumentException(name + " '" + field + "' is negative");
  }
}
