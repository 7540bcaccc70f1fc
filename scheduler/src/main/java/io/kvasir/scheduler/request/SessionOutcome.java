package io.kvasir.scheduler.request;

import java.util.List;

/**
 * What became of a session's hints. Tokens are those of full blocks: what a next turn can find.
 *
 * @param sessionId of the session
 * @param hints one entry per hint that is in force or was given just now
 * @param keptTokens tokens whose KV is protected, from the front
 * @param ofTokens tokens whose KV there was to protect
 * @param places where the protected blocks are
 * @param revokedTokens tokens that were protected and given up for running requests, or because
 *     less may be protected now, since the session's last turn
 * @param lostTokens tokens that were protected and whose copy was lost, since the session's last
 *     turn
 * @param quotaUsedBlocks blocks that all sessions of the tenant protect, each counted once
 * @param quotaBlocks most blocks that they may protect
 */
public record SessionOutcome(
    String sessionId,
    List<HintOutcome> hints,
    int keptTokens,
    int ofTokens,
    List<Place> places,
    int revokedTokens,
    int lostTokens,
    int quotaUsedBlocks,
    int quotaBlocks) {

  /** The hints there are. */
  public enum Hint {
    /** Protect it for a time. */
    TTL,
    /** Protect it until told otherwise. */
    PIN,
    /** Move it out of the arena. */
    DEMOTE,
    /** Have it in the arena by a time. */
    RESUME_EXPECTED
  }

  /** How far a hint is honoured. */
  public enum Result {
    /** As asked. */
    HONOURED,
    /** For a part of the session's tokens. */
    PARTLY,
    /** Not at all. */
    REFUSED
  }

  /**
   * One hint.
   *
   * @param reason what is done, or why it is not, for people
   */
  public record HintOutcome(Hint hint, Result result, String reason) {}

  /**
   * Protected blocks of one place.
   *
   * @param name that of a tier, or {@code arena}
   */
  public record Place(String name, int blocks) {}

  public SessionOutcome {
    hints = List.copyOf(hints);
    places = List.copyOf(places);
  }
}
