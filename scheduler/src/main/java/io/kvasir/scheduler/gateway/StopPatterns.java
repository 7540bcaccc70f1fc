package io.kvasir.scheduler.gateway;

import java.util.List;

/**
 * The stop strings of one request, prepared for matching in one pass. Immutable.
 *
 * <p>Each is a Knuth-Morris-Pratt automaton, so that a character costs a constant whatever a client
 * chose as stop strings: matching runs on the scheduler loop.
 */
public final class StopPatterns {
  /** No stop strings. */
  public static final StopPatterns NONE = new StopPatterns(List.of());

  private final String[] patterns;
  private final int[][] failures;

  private StopPatterns(List<String> stopStrings) {
    patterns = stopStrings.toArray(String[]::new);
    failures = new int[patterns.length][];
    for (int i = 0; i < patterns.length; i++) {
      failures[i] = failureTable(patterns[i]);
    }
  }

  /** Patterns for {@code stopStrings}, none of which may be empty. */
  public static StopPatterns of(List<String> stopStrings) {
    return stopStrings.isEmpty() ? NONE : new StopPatterns(stopStrings);
  }

  int count() {
    return patterns.length;
  }

  int length(int pattern) {
    return patterns[pattern].length();
  }

  /**
   * Advances one automaton.
   *
   * @param matched how many leading characters of the pattern the text so far ends with
   * @return the same count after {@code next}
   */
  int advance(int pattern, int matched, char next) {
    String text = patterns[pattern];
    int[] failure = failures[pattern];
    int state = matched;
    while (state > 0 && text.charAt(state) != next) {
      state = failure[state - 1];
    }
    return text.charAt(state) == next ? state + 1 : 0;
  }

  /** At i: the length of the longest proper prefix of the pattern that ends at character i. */
  private static int[] failureTable(String pattern) {
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("an empty stop string");
    }
    int[] failure = new int[pattern.length()];
    int matched = 0;
    for (int i = 1; i < pattern.length(); i++) {
      while (matched > 0 && pattern.charAt(i) != pattern.charAt(matched)) {
        matched = failure[matched - 1];
      }
      if (pattern.charAt(i) == pattern.charAt(matched)) {
        matched++;
      }
      failure[i] = matched;
    }
    return failure;
  }
}
