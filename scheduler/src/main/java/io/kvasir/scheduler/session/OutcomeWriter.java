package io.kvasir.scheduler.session;

import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.HintOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Says in words what became of the hints of one session. One at a time. Confined to the scheduler
 * loop.
 */
final class OutcomeWriter {
  private final Session session;
  private final SessionHints given;
  private final int blockTokens;
  private final SessionTotals totals;
  private final List<HintOutcome> outcomes = new ArrayList<>();
  private final int kept;

  /**
   * @param given with this call; the others are in force since an earlier one
   * @param blockTokens tokens of a block
   */
  OutcomeWriter(Session session, SessionHints given, int blockTokens, SessionTotals totals) {
    this.session = session;
    this.given = given;
    this.blockTokens = blockTokens;
    this.totals = totals;
    kept = session.kept.size();
  }

  /** Every hint given, and every one in force, is refused for the same reason. */
  OutcomeWriter refuseAll(String reason) {
    if (given.ttlMillis() != null || session.ttlNanos > 0) {
      add(Hint.TTL, Result.REFUSED, reason);
    }
    if (given.pin() != null || session.pinned) {
      add(Hint.PIN, Result.REFUSED, reason);
    }
    if (given.demote()) {
      add(Hint.DEMOTE, Result.REFUSED, reason);
    }
    if (given.resumeExpectedMillis() != null) {
      add(Hint.RESUME_EXPECTED, Result.REFUSED, reason);
    }
    return this;
  }

  /** What became of time to live and pin. */
  OutcomeWriter protection() {
    long ttlMillis = TimeUnit.NANOSECONDS.toMillis(session.ttlNanos);
    if (ttlMillis > 0) {
      add(Hint.TTL, keptResult(), keptWords() + ", for " + ttlMillis + " ms without a turn");
    } else if (given.ttlMillis() != null) {
      add(Hint.TTL, Result.HONOURED, "no time to live is kept");
    }
    if (session.pinned) {
      add(Hint.PIN, keptResult(), keptWords());
    } else if (given.pin() != null) {
      add(Hint.PIN, Result.HONOURED, "not pinned");
    }
    return this;
  }

  /**
   * What became of a demotion.
   *
   * @param sent blocks that leave the arena
   */
  OutcomeWriter demotion(int sent) {
    String words = sent * blockTokens + " of " + ofTokens() + " tokens leave the arena";
    if (sent < kept) {
      words += ": no tier has room for more";
    } else if (kept < session.blocks) {
      words += ": " + shortfall();
    }
    add(Hint.DEMOTE, result(sent), words);
    return this;
  }

  /** A demotion or an expected turn is refused. */
  OutcomeWriter refuse(Hint hint, String reason) {
    add(hint, Result.REFUSED, reason);
    return this;
  }

  /**
   * What will be done for the expected turn.
   *
   * @param leading leading blocks that will be in the arena
   * @param leadNanos how long before it loading begins
   */
  OutcomeWriter resumption(int leading, long leadNanos) {
    long leadMillis = TimeUnit.NANOSECONDS.toMillis(leadNanos);
    String words =
        "%d of %d tokens will be in the arena, loading begins %d ms before"
            .formatted(leading * blockTokens, ofTokens(), leadMillis);
    if (leading < kept) {
      words += ": no more than a quarter of the arena is loaded ahead";
    } else if (kept < session.blocks) {
      words += ": " + shortfall();
    }
    add(Hint.RESUME_EXPECTED, result(leading), words);
    return this;
  }

  /** The whole outcome. */
  SessionOutcome write(List<Place> places) {
    return new SessionOutcome(
        session.key.sessionId(),
        outcomes,
        session.kept.size() * blockTokens,
        ofTokens(),
        places,
        session.revoked * blockTokens,
        session.lost * blockTokens,
        session.tenant.used,
        session.tenant.quota);
  }

  /** What is protected, or why not all of it is. */
  private String keptWords() {
    if (session.blocks == 0) {
      return "there is no full block of " + blockTokens + " tokens to keep yet";
    }
    String words = "kept %d of %d tokens".formatted(kept * blockTokens, ofTokens());
    return kept < session.blocks ? words + ": " + shortfall() : words;
  }

  private Result keptResult() {
    return result(kept);
  }

  private Result result(int blocks) {
    if (blocks >= session.blocks) {
      return Result.HONOURED;
    }
    return blocks > 0 ? Result.PARTLY : Result.REFUSED;
  }

  private String shortfall() {
    return switch (session.shortfall) {
      case NONE -> "the rest is not there any more";
      case QUOTA -> "the tenant's KV quota of %d blocks is used up".formatted(session.tenant.quota);
      case NO_ROOM -> "tiers and arena have no room for more";
      case REVOKED -> "requests needed the blocks";
      case LOST -> "copies of the rest were lost";
      case WORKER_LOST -> "the worker that held the rest is gone";
    };
  }

  private int ofTokens() {
    return session.blocks * blockTokens;
  }

  private void add(Hint hint, Result result, String reason) {
    outcomes.add(new HintOutcome(hint, result, reason));
    boolean isGiven =
        switch (hint) {
          case TTL -> given.ttlMillis() != null;
          case PIN -> given.pin() != null;
          case DEMOTE, RESUME_EXPECTED -> true;
        };
    if (isGiven) {
      totals.count(hint, result);
    }
  }
}
