package io.kvasir.loadtest.workload.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The trace of Mooncake (FAST'25): requests with the ids of their prefix blocks. Equal ids become
 * equal segments, so what was reusable there is reusable here.
 */
final class MooncakeTrace implements TraceRecords.LineParser<Arrival> {
  private static final int BLOCK_TOKENS = 512;

  private long index;

  private MooncakeTrace() {}

  static TraceRecords<Arrival> read(Path file) {
    return new TraceRecords<>(file, new MooncakeTrace());
  }

  @Override
  public Optional<Arrival> parse(String line) {
    JsonLine json = JsonLine.of(line);
    int input = json.tokens("input_length");
    List<Segment> segments = new ArrayList<>();
    int left = input;
    for (JsonNode id : json.array("hash_ids")) {
      if (!id.canConvertToLong() || id.longValue() < 0 || left <= 0) {
        throw new IllegalArgumentException(
            "hash_ids do not fit input_length " + input + ": " + id + " in excess or no id");
      }
      int tokens = Math.min(left, BLOCK_TOKENS);
      segments.add(new Segment(0, id.longValue() * BLOCK_TOKENS, tokens));
      left -= tokens;
    }
    if (left > 0) {
      throw new IllegalArgumentException(
          "hash_ids cover " + (input - left) + " of input_length " + input + " tokens");
    }
    return Optional.of(
        Arrival.plain(
            index++,
            Math.round(json.number("timestamp") * 1e6),
            "mooncake",
            new Prompt.Synthetic(segments),
            json.tokens("output_length")));
  }
}
