package io.kvasir.scheduler.session;

import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import java.util.EnumMap;
import java.util.Map;

/** Counts since the start. Confined to the scheduler loop. */
final class SessionTotals {
  private final Map<Hint, Map<Result, Long>> hints = new EnumMap<>(Hint.class);
  long revokedBlocks;
  long lostBlocks;
  long expiredSessions;
  long prefetchedBlocks;
  long prefetchHits;

  SessionTotals() {
    for (Hint hint : Hint.values()) {
      Map<Result, Long> results = new EnumMap<>(Result.class);
      for (Result result : Result.values()) {
        results.put(result, 0L);
      }
      hints.put(hint, results);
    }
  }

  void count(Hint hint, Result result) {
    hints.computeIfPresent(
        hint,
        (_, results) -> {
          results.merge(result, 1L, Long::sum);
          return results;
        });
  }

  Map<Hint, Map<Result, Long>> hints() {
    Map<Hint, Map<Result, Long>> copy = new EnumMap<>(Hint.class);
    hints.forEach((hint, results) -> copy.put(hint, new EnumMap<>(results)));
    return copy;
  }
}
