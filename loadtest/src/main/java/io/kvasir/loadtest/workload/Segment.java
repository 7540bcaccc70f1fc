package io.kvasir.loadtest.workload;

/**
 * A stretch of synthetic tokens: positions {@code offset} to {@code offset + tokens - 1} of a
 * stream of content. Equal stretches of equal streams are equal tokens, so prompts that begin with
 * the same segments share a prefix.
 *
 * @param stream which content
 * @param offset first position, tokens, at least 0
 * @param tokens how many, at least 1
 */
public record Segment(long stream, long offset, int tokens) {
  /** Refuses an empty or negative stretch. */
  public Segment {
    if (offset < 0 || tokens < 1) {
      throw new IllegalArgumentException("offset " + offset + ", tokens " + tokens);
    }
  }
}
