package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.HintOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import io.kvasir.scheduler.session.KvQuota;
import io.kvasir.scheduler.session.SessionConfig;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Each hint is honoured, or refused in words. Blocks have 4 tokens. */
class SessionHintsTest {
  private static final int VOCABULARY = 100;
  private static final long MILLI = 1_000_000;
  private static final SessionHints TTL = new SessionHints(1000L, null, false, null);
  private static final SessionHints PIN = new SessionHints(null, true, false, null);
  private static final SessionHints DEMOTE = new SessionHints(null, null, true, null);
  private static final SessionConfig ALL = quota(new KvQuota.Share(1));

  private static SessionConfig quota(KvQuota quota) {
    return new SessionConfig(4, quota, Map.of());
  }

  private static CoreHarness harness(int blocks, SessionConfig sessions, int... tierSlots) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, 16, 512).sessions(sessions).build();
    return harness(blocks, config, tierSlots);
  }

  private static CoreHarness harness(int blocks, SchedulerConfig config, int... tierSlots) {
    TestTiers tiers =
        new TestTiers(
            Arrays.stream(tierSlots)
                .mapToObj(slots -> TestTiers.spec(TierKind.DRAM, slots, false, 1_000_000_000))
                .toList(),
            new SplittableRandom(1),
            false);
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 400, 4, blocks, 512), 16, tiers);
  }

  /** One turn, run to its end; its last token is never computed. */
  private static RecordedRequest turn(
      CoreHarness harness, String session, int start, int length, SessionHints hints) {
    Specs specs = Specs.PLAIN.session(session, hints).arrival(harness.now);
    String id = "request-" + harness.requests.size();
    int[] prompt = Specs.prompt(start, length, VOCABULARY);
    RecordedRequest request = harness.submit(new RecordedRequest(specs.request(id, prompt, 1)));
    harness.runUntilIdle(1000);
    return request;
  }

  private static SessionOutcome outcome(RecordedRequest request) {
    SessionOutcome outcome = request.end().session();
    if (outcome == null) {
      throw new AssertionError("no outcome: " + request.end());
    }
    return outcome;
  }

  private static SessionOutcome update(CoreHarness harness, String session, SessionHints hints) {
    SessionOutcome outcome =
        harness.core.sessions().update("tenant", session, hints, harness.now).orElseThrow();
    harness.runUntilIdle(1000);
    return outcome;
  }

  private static int cached(CoreHarness harness, String session, int start, int length) {
    return turn(harness, session, start, length, null).end().cachedTokens();
  }

  @Test
  void whatHasATimeToLiveSurvivesThePressureThatEvictsTheOther() {
    try (CoreHarness harness = harness(40, ALL)) {
      assertThat(outcome(turn(harness, "hinted", 1, 41, TTL)))
          .extracting(SessionOutcome::keptTokens, SessionOutcome::ofTokens, SessionOutcome::places)
          .containsExactly(40, 40, List.of(new Place("arena", 10)));
      turn(harness, "plain", 2, 41, null);
      for (int other = 3; other < 7; other++) {
        turn(harness, "", other, 41, null);
      }
      assertThat(cached(harness, "plain", 2, 41)).isZero();
      assertThat(cached(harness, "hinted", 1, 41)).isEqualTo(40);
    }
  }

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
  void aPrefixThatSessionsShareIsChargedOnce() {
    try (CoreHarness harness = harness(200, ALL)) {
      turn(harness, "s", 1, 41, TTL);
      SessionOutcome second = outcome(turn(harness, "t", 1, 49, TTL));
      assertThat(second.keptTokens()).isEqualTo(48);
      assertThat(second.quotaUsedBlocks()).isEqualTo(12);
      harness.core.sessions().end("tenant", "t", harness.now);
      assertThat(harness.status().blocks().owned()).isEqualTo(10);
    }
  }

  @Test
  void protectionEndsWithItsTimeAndATurnBeginsItAnew() {
    try (CoreHarness harness = harness(100, ALL, 40)) {
      turn(harness, "s", 1, 41, TTL);
      harness.now += 900 * MILLI;
      assertThat(outcome(turn(harness, "s", 1, 61, null)).keptTokens()).isEqualTo(60);
      harness.now += 900 * MILLI;
      assertThat(update(harness, "s", SessionHints.NONE).keptTokens()).isEqualTo(60);
      harness.now += 200 * MILLI;
      assertThat(harness.core.sessions().update("tenant", "s", SessionHints.NONE, harness.now))
          .isEmpty();
      assertThat(harness.status().sessions().expiredSessions()).isEqualTo(1);
      assertThat(harness.status().sessions().places()).allMatch(place -> place.blocks() == 0);
    }
  }

  @Test
  void aPinHoldsUntilItIsTakenBack() {
    try (CoreHarness harness = harness(100, ALL)) {
      turn(harness, "s", 1, 41, PIN);
      harness.now += 1_000_000 * MILLI;
      assertThat(update(harness, "s", SessionHints.NONE).keptTokens()).isEqualTo(40);
      SessionOutcome last = update(harness, "s", new SessionHints(null, false, false, null));
      assertThat(last.hints())
          .containsExactly(new HintOutcome(Hint.PIN, Result.HONOURED, "not pinned"));
      assertThat(harness.status().sessions().sessions()).isZero();
      assertThat(harness.status().blocks().owned()).isZero();
    }
  }

  @Test
  void aRequestThatLacksBlocksTakesThoseHeldInTheArenaTheNextToExpireFirst() {
    try (CoreHarness harness = harness(40, ALL)) {
      turn(harness, "pinned", 1, 41, PIN);
      turn(harness, "later", 2, 41, new SessionHints(2000L, null, false, null));
      turn(harness, "sooner", 3, 41, TTL);
      assertThat(turn(harness, "", 4, 73, null).end().timing().preemptions()).isZero();
      assertThat(update(harness, "pinned", SessionHints.NONE).keptTokens()).isEqualTo(40);
      assertThat(update(harness, "later", SessionHints.NONE).keptTokens()).isEqualTo(40);
      SessionOutcome sooner = update(harness, "sooner", SessionHints.NONE);
      assertThat(sooner.revokedTokens() + sooner.keptTokens()).isEqualTo(40);
      assertThat(sooner.hints().getFirst().result()).isNotEqualTo(Result.HONOURED);
      assertThat(sooner.hints().getFirst().reason()).contains("requests needed the blocks");
      assertThat(harness.status().sessions().revokedBlocks()).isPositive();
      // A request as large as the pool takes the pinned ones, too.
      turn(harness, "", 5, 157, null);
      assertThat(update(harness, "pinned", SessionHints.NONE).revokedTokens()).isEqualTo(40);
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
  void aSessionSleepsInATierAndIsBackInTheArenaInTime() {
    try (CoreHarness harness = harness(100, ALL, 40)) {
      SessionHints sleep = new SessionHints(60_000L, null, true, 20_000L);
      SessionOutcome outcome = outcome(turn(harness, "s", 1, 41, sleep));
      assertThat(outcome.hints()).extracting(HintOutcome::result).containsOnly(Result.HONOURED);
      assertThat(outcome.places()).containsExactly(new Place("DRAM-40", 10));
      assertThat(harness.status().blocks().free()).as("it left the arena").isEqualTo(100);
      long wake = harness.core.nextWakeNanos();
      assertThat(wake).isBetween(harness.now + 10_000 * MILLI, harness.now + 20_000 * MILLI);
      harness.now = wake;
      harness.runUntilIdle(1000);
      assertThat(harness.status().blocks().cached()).as("back in the arena").isEqualTo(10);
      RecordedRequest next = turn(harness, "s", 1, 41, null);
      assertThat(next.end().cachedTokens()).isEqualTo(40);
      assertThat(harness.status().swaps().restoredTokens()).as("nothing had to wait").isZero();
      assertThat(harness.status().sessions().prefetchedBlocks()).isEqualTo(10);
      assertThat(harness.status().sessions().prefetchHits()).isEqualTo(10);
    }
  }

  @Test
  void halfOfATierIsProtectedAtMostAndTheRestInTheArena() {
    try (CoreHarness harness = harness(100, ALL, 12)) {
      SessionOutcome outcome = outcome(turn(harness, "s", 1, 41, PIN));
      assertThat(outcome.places()).containsExactly(new Place("arena", 4), new Place("DRAM-12", 6));
      assertThat(harness.core.setTierLimit("DRAM-12", 4)).isTrue();
      assertThat(harness.core.violations()).isEmpty();
      SessionOutcome less = update(harness, "s", SessionHints.NONE);
      assertThat(less.places()).containsExactly(new Place("DRAM-12", 2));
      assertThat(less.keptTokens()).isEqualTo(8);
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
      SessionOutcome early = update0(harness);
      assertThat(early.hints().getFirst().reason()).isEqualTo("a turn of the session is under way");
      assertThat(harness.core.sessions().end("tenant", "s", harness.now)).hasValue(0);
      harness.runUntilIdle(1000);
      assertThat(outcome(request).hints())
          .containsExactly(new HintOutcome(Hint.PIN, Result.REFUSED, "the session was ended"));
      assertThat(harness.status().blocks().owned()).isZero();
    }
  }

  private static SessionOutcome update0(CoreHarness harness) {
    SessionHints resume = new SessionHints(null, null, false, 5L);
    return harness.core.sessions().update("tenant", "s", resume, harness.now).orElseThrow();
  }
}
