package io.kvasir.loadtest.workload.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.Randomness;
import io.kvasir.loadtest.workload.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Sessions of coding agents: each request repeats most of the one before. The block ids of a
 * request are the first {@code keep} of the previous one's, then its {@code runs}; tokens beyond
 * the last full block are its own. Requests of a sub-agent count from the start of the sub-agent.
 */
final class AgentTrace {
  private static final double NANOS = 1e9;

  /**
   * One session.
   *
   * @param id its name
   * @param requests in the order of time, from the start of the session
   */
  record Session(String id, List<Arrival> requests) {}

  private final String id;
  private final int blockTokens;
  private final long blockStream;
  private final long ownStream;
  private final List<Arrival> requests = new ArrayList<>();

  private AgentTrace(JsonLine json) {
    id = json.text("id");
    blockTokens = json.tokens("block");
    // Block ids count from one in each session: they say nothing about other sessions.
    blockStream = Randomness.named(2, id).nextLong();
    ownStream = Randomness.named(1, id).nextLong();
  }

  static TraceRecords<Session> read(Path file) {
    return new TraceRecords<>(
        file,
        line -> {
          JsonLine json = JsonLine.of(line);
          AgentTrace session = new AgentTrace(json);
          session.addAll(json.array("reqs"), 0);
          session.requests.sort(Comparator.comparingLong(Arrival::offsetNanos));
          return Optional.of(new Session(session.id, List.copyOf(session.requests)));
        });
  }

  private void addAll(JsonNode nodes, double startSeconds) {
    List<Segment> blocks = List.of();
    for (JsonNode node : nodes) {
      JsonLine json = new JsonLine(node);
      double seconds = startSeconds + json.number("t");
      if (json.has("sub")) {
        addAll(json.array("sub"), seconds);
      } else {
        blocks = blocks(blocks, json);
        requests.add(
            Arrival.plain(
                    requests.size(),
                    Math.round(seconds * NANOS),
                    "agents",
                    prompt(blocks, json.tokens("in")),
                    json.tokens("out"))
                .inSession(id));
      }
    }
  }

  private List<Segment> blocks(List<Segment> previous, JsonLine json) {
    List<Segment> blocks = new ArrayList<>();
    long keep = ((long) json.number("keep")) * blockTokens;
    for (Segment segment : previous) {
      if (keep > 0) {
        int tokens = (int) Math.min(keep, segment.tokens());
        blocks.add(new Segment(segment.stream(), segment.offset(), tokens));
        keep -= tokens;
      }
    }
    if (keep > 0) {
      throw new IllegalArgumentException(
          "keep exceeds the previous request by " + keep / blockTokens + " blocks");
    }
    for (JsonNode run : json.array("runs")) {
      long offset = run.path(0).asLong(-1) * blockTokens;
      blocks.add(
          new Segment(blockStream, offset, Math.multiplyExact(run.path(1).asInt(), blockTokens)));
    }
    return blocks;
  }

  private Prompt prompt(List<Segment> blocks, int tokens) {
    List<Segment> segments = new ArrayList<>(blocks);
    int own = tokens - blocks.stream().mapToInt(Segment::tokens).sum();
    if (own > 0) {
      segments.add(new Segment(ownStream + requests.size(), 0, own));
    }
    return new Prompt.Synthetic(segments).first(tokens);
  }
}
