package io.kvasir.scheduler.gateway.grpc;

import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.v1.HintOutcome;
import io.kvasir.v1.HintResult;
import io.kvasir.v1.KeptBlocks;
import io.kvasir.v1.SessionHint;
import io.kvasir.v1.SessionState;

/** Sessions on the wire. */
final class SessionCodec {
  private SessionCodec() {}

  static io.kvasir.v1.SessionOutcome of(SessionOutcome outcome) {
    io.kvasir.v1.SessionOutcome.Builder message =
        io.kvasir.v1.SessionOutcome.newBuilder()
            .setSessionId(outcome.sessionId())
            .setKeptTokens(outcome.keptTokens())
            .setOfTokens(outcome.ofTokens())
            .setRevokedTokens(outcome.revokedTokens())
            .setLostTokens(outcome.lostTokens())
            .setQuotaUsedBlocks(outcome.quotaUsedBlocks())
            .setQuotaBlocks(outcome.quotaBlocks());
    for (SessionOutcome.HintOutcome hint : outcome.hints()) {
      message.addHints(
          HintOutcome.newBuilder()
              .setHint(hint(hint.hint()))
              .setResult(result(hint.result()))
              .setReason(hint.reason()));
    }
    for (SessionOutcome.Place place : outcome.places()) {
      message.addKeptBlocks(
          KeptBlocks.newBuilder().setPlace(place.name()).setBlocks(place.blocks()));
    }
    return message.build();
  }

  static SessionState of(io.kvasir.scheduler.session.SessionStatus status) {
    int inTiers = 0;
    int inPool = 0;
    for (int i = 0; i < status.places().size(); i++) {
      // The pool comes first.
      inPool += i == 0 ? status.places().get(i).blocks() : 0;
      inTiers += i == 0 ? 0 : status.places().get(i).blocks();
    }
    return SessionState.newBuilder()
        .setSessions(status.sessions())
        .setProtectedInPool(inPool)
        .setProtectedInTiers(inTiers)
        .setRevokedBlocks(status.revokedBlocks())
        .setLostBlocks(status.lostBlocks())
        .setExpiredSessions(status.expiredSessions())
        .setPrefetchedBlocks(status.prefetchedBlocks())
        .setPrefetchHits(status.prefetchHits())
        .build();
  }

  private static SessionHint hint(SessionOutcome.Hint hint) {
    return switch (hint) {
      case TTL -> SessionHint.SESSION_HINT_TTL;
      case PIN -> SessionHint.SESSION_HINT_PIN;
      case DEMOTE -> SessionHint.SESSION_HINT_DEMOTE;
      case RESUME_EXPECTED -> SessionHint.SESSION_HINT_RESUME_EXPECTED;
    };
  }

  private static HintResult result(SessionOutcome.Result result) {
    return switch (result) {
      case HONOURED -> HintResult.HINT_RESULT_HONOURED;
      case PARTLY -> HintResult.HINT_RESULT_PARTLY;
      case REFUSED -> HintResult.HINT_RESULT_REFUSED;
    };
  }
}
