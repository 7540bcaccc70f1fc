package io.kvasir.scheduler.request;

/**
 * Tokens of a prompt whose KV was found in one place.
 *
 * @param place {@link #ARENA} or the name of the tier that they were loaded from
 * @param tokens how many, at least 1
 */
public record HitTokens(String place, int tokens) {
  /** The worker's own memory. */
  public static final String ARENA = "arena";
}
