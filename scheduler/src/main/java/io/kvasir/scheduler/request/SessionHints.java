package io.kvasir.scheduler.request;

import org.jspecify.annotations.Nullable;

/**
 * What a caller knows of a session's future. What is absent stays as it is.
 *
 * @param ttlMillis how long the session's KV is protected after its last turn, 0: not at all
 * @param pin whether it is protected without an end
 * @param demote whether its KV shall leave the arena now
 * @param resumeExpectedMillis when the next turn is expected, from the end of this one
 */
public record SessionHints(
    @Nullable Long ttlMillis,
    @Nullable Boolean pin,
    boolean demote,
    @Nullable Long resumeExpectedMillis) {

  /** No hint. */
  public static final SessionHints NONE = new SessionHints(null, null, false, null);

  /** Whether anything is asked for. */
  public boolean any() {
    return !equals(NONE);
  }
}
