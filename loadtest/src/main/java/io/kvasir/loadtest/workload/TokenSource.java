package io.kvasir.loadtest.workload;

/**
 * Turns synthetic prompts into token ids of one model. Ids come from the middle three quarters of
 * the vocabulary, because control tokens lie at either end.
 */
public final class TokenSource {
  private final long seed;
  private final int first;
  private final int count;

  /**
   * The ids of one model and run.
   *
   * @param vocabularySize number of token ids, at least 8
   * @param seed equal seeds give equal ids
   */
  public TokenSource(int vocabularySize, long seed) {
    if (vocabularySize < 8) {
      throw new IllegalArgumentException("vocabulary of " + vocabularySize + ", at least 8 needed");
    }
    this.seed = Randomness.mix(seed);
    first = vocabularySize / 8;
    count = vocabularySize - 2 * first;
  }

  /** The token ids of {@code prompt}, in order. */
  public int[] ids(Prompt.Synthetic prompt) {
    int[] ids = new int[prompt.tokens()];
    int at = 0;
    for (Segment segment : prompt.segments()) {
      for (int i = 0; i < segment.tokens(); i++) {
        ids[at++] = id(segment.stream(), segment.offset() + i);
      }
    }
    return ids;
  }

  /** The token id at one position of a stream of content. */
  public int id(long stream, long offset) {
    long key = Randomness.mix(seed ^ Randomness.mix(stream)) + offset;
    return first + new Randomness(key).nextInt(count);
  }
}
