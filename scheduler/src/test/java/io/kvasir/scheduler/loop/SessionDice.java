package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.session.KvQuota;
import io.kvasir.scheduler.session.SessionConfig;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The random sessions and hints of a scenario, and what their outcomes must never say. */
final class SessionDice {
  private static final int SESSIONS = 3;
  private static final int TENANTS = 2;

  private final SplittableRandom random;

  SessionDice(SplittableRandom random) {
    this.random = random;
  }

  SessionConfig config() {
    KvQuota few = new KvQuota.Blocks(random.nextInt(12));
    return new SessionConfig(
        1 + random.nextInt(TENANTS * SESSIONS),
        random.nextBoolean() ? new KvQuota.Share(1 + random.nextInt(8)) : few,
        random.nextBoolean() ? Map.of(tenant(), few) : Map.of());
  }

  String tenant() {
    return "tenant-" + random.nextInt(TENANTS);
  }

  /** A turn of some session, or of none. */
  Specs turn(Specs specs) {
    return random.nextInt(3) == 0
        ? specs
        : specs.session(session(), random.nextInt(3) == 0 ? null : hints());
  }

  /** Changes some session or ends it. */
  void change(CoreHarness harness) {
    String tenant = tenant();
    if (random.nextInt(4) == 0) {
      harness.core.sessions().end(tenant, session(), harness.now);
    } else {
      harness
          .core
          .sessions()
          .update(tenant, session(), hints(), harness.now)
          .ifPresent(this::check);
    }
    harness.expire();
  }

  /** A session sleeps in the tiers until its next turn, which begins like the one before. */
  void sleep(CoreHarness harness) {
    if (harness.requests.isEmpty()) {
      return;
    }
    harness.runUntilIdle(20_000);
    RequestSpec last = harness.requests.get(random.nextInt(harness.requests.size())).spec();
    SessionHints hints = new SessionHints(100L, null, true, 30L);
    if (harness
        .core
        .sessions()
        .update(last.tenantId(), last.sessionId(), hints, harness.now)
        .isEmpty()) {
      return;
    }
    harness.runUntilIdle(20_000);
    harness.now += 30_000_000;
    harness.runUntilIdle(20_000);
    Specs next =
        Specs.PLAIN
            .tenant(last.tenantId())
            .session(last.sessionId(), null)
            .stopTokens(last.stopTokenIds())
            .arrival(harness.now);
    String id = "request-" + harness.requests.size();
    harness.submit(new RecordedRequest(next.request(id, last.promptTokenIds(), last.maxTokens())));
  }

  /** Ends all sessions: nothing may stay protected. */
  void endAll(CoreHarness harness) {
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      for (int session = 0; session < SESSIONS; session++) {
        harness.core.sessions().end("tenant-" + tenant, "session-" + session, harness.now);
      }
    }
    harness.expire();
    harness.runUntilIdle(20_000);
    assertThat(harness.status().sessions().sessions()).isZero();
    assertThat(harness.status().sessions().places()).allMatch(place -> place.blocks() == 0);
  }

  /** A request with hints hears of them. */
  void checkEnd(RecordedRequest request, FinishedEvent end) {
    SessionOutcome outcome = end.session();
    SessionHints hints = request.spec().hints();
    if (hints != null && hints.any() && end.reason() != FinishReason.ERROR) {
      assertThat(outcome).as("outcome of %s", request.spec()).isNotNull();
    }
    if (outcome != null) {
      assertThat(request.spec().sessionId()).isEqualTo(outcome.sessionId());
      check(outcome);
      assertThat(given(hints)).isLessThanOrEqualTo(outcome.hints().size());
    }
  }

  private void check(SessionOutcome outcome) {
    assertThat(outcome.keptTokens()).isBetween(0, outcome.ofTokens());
    assertThat(outcome.quotaUsedBlocks()).isBetween(0, outcome.quotaBlocks());
    for (SessionOutcome.HintOutcome hint : outcome.hints()) {
      assertThat(hint.reason()).isNotEmpty();
    }
  }

  private static int given(@Nullable SessionHints hints) {
    if (hints == null) {
      return 0;
    }
    return (hints.ttlMillis() == null ? 0 : 1)
        + (hints.pin() == null ? 0 : 1)
        + (hints.demote() ? 1 : 0)
        + (hints.resumeExpectedMillis() == null ? 0 : 1);
  }

  private String session() {
    return "session-" + random.nextInt(SESSIONS);
  }

  private SessionHints hints() {
    return new SessionHints(
        random.nextBoolean() ? Long.valueOf(random.nextInt(20)) : null,
        random.nextInt(3) == 0 ? Boolean.valueOf(random.nextInt(4) > 0) : null,
        random.nextInt(3) == 0,
        random.nextInt(3) == 0 ? Long.valueOf(random.nextInt(25)) : null);
  }
}
