package io.kvasir.scheduler.loop;

import static io.kvasir.scheduler.loop.Turns.ALL;
import static io.kvasir.scheduler.loop.Turns.DEMOTE;
import static io.kvasir.scheduler.loop.Turns.PIN;
import static io.kvasir.scheduler.loop.Turns.SOON;
import static io.kvasir.scheduler.loop.Turns.TTL;
import static io.kvasir.scheduler.loop.Turns.VOCABULARY;
import static io.kvasir.scheduler.loop.Turns.harness;
import static io.kvasir.scheduler.loop.Turns.outcome;
import static io.kvasir.scheduler.loop.Turns.quota;
import static io.kvasir.scheduler.loop.Turns.turn;
import static io.kvasir.scheduler.loop.Turns.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.HintOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import io.kvasir.scheduler.session.KvQuota;
import org.junit.jupiter.api.Test;

/** What cannot be honoured is said in words. Blocks have 4 tokens. */
class SessionRefusalTest {

  @Test
  void whatExceedsTheQuotaIsSaid() {
    try (CoreHarness harness = harness(200, quota(new KvQuota.Blocks(32)))) {
      SessionOutcome outcome = outcome(turn(harness, "s", 1, 401 - 8, TTL));
      assertThat(outcome.hints())
          .containsExactly(
              new HintOutcome(
                  Hint.TTL,
                  Result.PARTLY,
                  "kept 128 of 392 tokens: the tenant's KV quota of 32 blocks is used up, for 1000"
                      + " ms without a turn"));
      assertThat(outcome.quotaUsedBlocks()).isEqualTo(32);
      SessionOutcome second = outcome(turn(harness, "t", 2, 41, PIN));
      assertThat(second.hints())
          .containsExactly(
              new HintOutcome(
                  Hint.PIN,
                  Result.REFUSED,
                  "kept 0 of 40 tokens: the tenant's KV quota of 32 blocks is used up"));
      assertThat(harness.core.sessions().end("tenant", "s", harness.now)).hasValue(32);
      assertThat(outcome(turn(harness, "t", 2, 41, PIN)).keptTokens()).isEqualTo(40);
    }
  }

  @Test
  void whatWentWithTheWorkerIsSaid() {
    try (CoreHarness harness = harness(100, ALL, 40)) {
      turn(harness, "s", 1, 41, PIN);
      harness.loseWorker();
      harness.connect();
      SessionOutcome outcome = update(harness, "s", SessionHints.NONE);
      assertThat(outcome.lostTokens()).isEqualTo(40);
      assertThat(outcome.hints())
          .containsExactly(
              new HintOutcome(
                  Hint.PIN,
                  Result.REFUSED,
                  "kept 0 of 40 tokens: the worker that held the rest is gone"));
      assertThat(outcome(turn(harness, "s", 1, 41, null)).keptTokens()).isEqualTo(40);
    }
  }

  @Test
  void demotionNeedsATierWithRoom() {
    try (CoreHarness harness = harness(100, ALL)) {
      assertThat(outcome(turn(harness, "s", 1, 41, DEMOTE)).hints())
          .containsExactly(
              new HintOutcome(Hint.DEMOTE, Result.REFUSED, "there is no tier below the arena"));
    }
    try (CoreHarness harness = harness(100, ALL, 12)) {
      SessionOutcome outcome = outcome(turn(harness, "s", 1, 41, DEMOTE));
      assertThat(outcome.hints())
          .containsExactly(
              new HintOutcome(
                  Hint.DEMOTE,
                  Result.PARTLY,
                  "24 of 40 tokens leave the arena: no tier has room for more"));
      assertThat(outcome.keptTokens()).as("nothing was to be protected").isZero();
      assertThat(harness.status().blocks().free()).isEqualTo(96);
      assertThat(harness.status().sessions().sessions()).isZero();
    }
  }

  @Test
  void anExpectedTurnNeedsProtectionUntilThen() {
    try (CoreHarness harness = harness(100, ALL, 40)) {
      SessionHints soon = new SessionHints(null, null, false, 5000L);
      assertThat(outcome(turn(harness, "s", 1, 41, soon)).hints())
          .containsExactly(
              new HintOutcome(
                  Hint.RESUME_EXPECTED,
                  Result.REFUSED,
                  "nothing is protected until then: give ttl_ms or pin as well"));
      SessionHints late = new SessionHints(1000L, null, false, 5000L);
      assertThat(outcome(turn(harness, "s", 1, 41, late)).hints())
          .contains(
              new HintOutcome(
                  Hint.RESUME_EXPECTED,
                  Result.REFUSED,
                  "the protection ends before: ttl_ms is 1000"));
    }
  }

  @Test
  void whereHintsAreOffTheyAreRefused() {
    try (CoreHarness harness = harness(100, quota(new KvQuota.Blocks(0)))) {
      assertThat(outcome(turn(harness, "s", 1, 41, TTL)).hints())
          .containsExactly(
              new HintOutcome(Hint.TTL, Result.REFUSED, "the tenant's KV quota for sessions is 0"));
    }
    SchedulerConfig uncached = SchedulerConfig.builder().prefixCaching(false).build();
    try (CoreHarness harness = harness(100, uncached)) {
      assertThat(outcome(turn(harness, "s", 1, 41, TTL)).hints())
          .containsExactly(
              new HintOutcome(Hint.TTL, Result.REFUSED, "prefix caching is off on this server"));
    }
  }

  @Test
  void thereAreOnlySoManySessions() {
    try (CoreHarness harness = harness(100, ALL)) {
      for (int i = 0; i < 4; i++) {
        turn(harness, "s" + i, 1, 41, PIN);
      }
      assertThat(outcome(turn(harness, "one more", 1, 41, PIN)).hints())
          .containsExactly(
              new HintOutcome(Hint.PIN, Result.REFUSED, "hints of at most 4 sessions are kept"));
      assertThat(harness.core.sessions().end("tenant", "s0", harness.now)).isPresent();
      assertThat(outcome(turn(harness, "one more", 1, 41, PIN)).keptTokens()).isEqualTo(40);
    }
  }

  @Test
  void nothingIsProtectedThatEndsWhileItsTurnRuns() {
    try (CoreHarness harness = harness(100, ALL)) {
      Specs specs = Specs.PLAIN.session("s", PIN);
      int[] prompt = Specs.prompt(1, 41, VOCABULARY);
      RecordedRequest request = harness.submit(new RecordedRequest(specs.request("r", prompt, 1)));
      SessionOutcome early =
          harness.core.sessions().update("tenant", "s", SOON, harness.now).orElseThrow();
      assertThat(early.hints().getFirst().reason()).isEqualTo("a turn of the session is under way");
      assertThat(harness.core.sessions().end("tenant", "s", harness.now)).hasValue(0);
      harness.runUntilIdle(1000);
      assertThat(outcome(request).hints())
          .containsExactly(new HintOutcome(Hint.PIN, Result.REFUSED, "the session was ended"));
      assertThat(harness.status().blocks().owned()).isZero();
    }
  }
}
