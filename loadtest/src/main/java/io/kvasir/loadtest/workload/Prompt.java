package io.kvasir.loadtest.workload;

import java.util.ArrayList;
import java.util.List;

/** What a request asks the model to continue. */
public sealed interface Prompt {
  /**
   * Text, tokenized by the server.
   *
   * @param text not empty
   */
  record Text(String text) implements Prompt {}

  /**
   * Synthetic tokens, described so that a simulation needs no token ids.
   *
   * @param segments in order, at least one
   */
  record Synthetic(List<Segment> segments) implements Prompt {
    private static final int TOKENS_MAX = 1 << 30;

    /** Keeps the segments unmodifiable. */
    public Synthetic {
      segments = List.copyOf(segments);
    }

    /** Length, tokens. */
    public int tokens() {
      return segments.stream().mapToInt(Segment::tokens).sum();
    }

    /**
     * This prompt with every length multiplied. Equal segments stay equal, so shared prefixes stay
     * shared; a segment that becomes empty is left out, and one token always remains.
     *
     * @param factor above 0
     * @throws WorkloadException if there would be more than 2^30 tokens
     */
    public Synthetic scaled(double factor) {
      if (tokens() * factor > TOKENS_MAX) {
        throw new WorkloadException(
            "%d tokens, scaled by %s, are more than a prompt has".formatted(tokens(), factor));
      }
      List<Segment> scaled = new ArrayList<>(segments.size());
      for (Segment segment : segments) {
        long from = Math.round(segment.offset() * factor);
        long to = Math.round((segment.offset() + segment.tokens()) * factor);
        if (to > from) {
          scaled.add(new Segment(segment.stream(), from, Math.toIntExact(to - from)));
        }
      }
      if (scaled.isEmpty()) {
        scaled.add(new Segment(segments.getFirst().stream(), 0, 1));
      }
      return new Synthetic(scaled);
    }

    /**
     * The first {@code limit} tokens of this prompt, or all of them.
     *
     * @param limit at least 1
     */
    public Synthetic first(int limit) {
      List<Segment> kept = new ArrayList<>(segments.size());
      int left = limit;
      for (Segment segment : segments) {
        if (left > 0) {
          int tokens = Math.min(left, segment.tokens());
          kept.add(new Segment(segment.stream(), segment.offset(), tokens));
          left -= tokens;
        }
      }
      return new Synthetic(kept);
    }
  }
}
