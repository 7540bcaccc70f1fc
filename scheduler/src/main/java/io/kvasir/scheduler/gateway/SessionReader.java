package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_DURATION_MILLIS;

import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.v1.GenerateRequest;

/** Reads what callers say about their sessions. Each method throws {@link InvalidArgument}. */
public final class SessionReader {
  private SessionReader() {}

  /** The hints of a request that has some. */
  static SessionHints hints(GenerateRequest request) {
    if (request.getSessionId().isEmpty()) {
      throw InvalidArgument.of("session_id is empty; hints need one");
    }
    return hints(request.getHints());
  }

  /** Hints on their own. */
  public static SessionHints hints(io.kvasir.v1.SessionHints hints) {
    int ttl = Limits.unsigned("hints.ttl_ms", hints.getTtlMs(), MAX_DURATION_MILLIS);
    int resume =
        Limits.unsigned(
            "hints.resume_expected_in_ms", hints.getResumeExpectedInMs(), MAX_DURATION_MILLIS);
    return new SessionHints(
        hints.hasTtlMs() ? Long.valueOf(ttl) : null,
        hints.hasPin() ? Boolean.valueOf(hints.getPin()) : null,
        hints.getDemote(),
        hints.hasResumeExpectedInMs() ? Long.valueOf(resume) : null);
  }

  /** A session id that must be there. */
  public static String required(String sessionId) {
    String checked = Limits.id("session_id", sessionId);
    if (checked.isEmpty()) {
      throw InvalidArgument.of("session_id is empty");
    }
    return checked;
  }
}
