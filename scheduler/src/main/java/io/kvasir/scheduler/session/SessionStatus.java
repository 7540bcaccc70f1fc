package io.kvasir.scheduler.session;

import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import java.util.List;
import java.util.Map;

/**
 * What is done for sessions at one moment; counts since the start.
 *
 * @param sessions sessions that hints are kept for
 * @param places protected blocks by where they are
 * @param hints hints given, by what became of them
 * @param revokedBlocks protected blocks that running requests took, or for which a bound was
 *     lowered
 * @param lostBlocks protected blocks whose copies were lost
 * @param expiredSessions sessions whose time to live passed
 * @param prefetchedBlocks blocks loaded ahead of an expected turn
 * @param prefetchHits of these, used by that turn
 */
public record SessionStatus(
    int sessions,
    List<Place> places,
    Map<Hint, Map<Result, Long>> hints,
    long revokedBlocks,
    long lostBlocks,
    long expiredSessions,
    long prefetchedBlocks,
    long prefetchHits) {

  /** No sessions. */
  public static final SessionStatus NONE = new SessionStatus(0, List.of(), Map.of(), 0, 0, 0, 0, 0);
}
