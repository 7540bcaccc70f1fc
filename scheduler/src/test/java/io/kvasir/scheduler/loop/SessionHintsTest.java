package io.kvasir.scheduler.loop;

import static io.kvasir.scheduler.loop.Turns.ALL;
import static io.kvasir.scheduler.loop.Turns.MILLI;
import static io.kvasir.scheduler.loop.Turns.PIN;
import static io.kvasir.scheduler.loop.Turns.TTL;
import static io.kvasir.scheduler.loop.Turns.VOCABULARY;
import static io.kvasir.scheduler.loop.Turns.cached;
import static io.kvasir.scheduler.loop.Turns.harness;
import static io.kvasir.scheduler.loop.Turns.outcome;
import static io.kvasir.scheduler.loop.Turns.turn;
import static io.kvasir.scheduler.loop.Turns.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Hint;
import io.kvasir.scheduler.request.SessionOutcome.HintOutcome;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import io.kvasir.scheduler.request.SessionOutcome.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hints are honoured. Blocks have 4 tokens. */
class SessionHintsTest {

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
  void nothingIsGivenUpWhereThatWouldNotHelp() {
    try (CoreHarness harness = harness(40, ALL)) {
      turn(harness, "s", 1, 41, PIN);
      Specs plain = Specs.PLAIN.arrival(harness.now);
      int[] prompt = Specs.prompt(2, 100, VOCABULARY);
      harness.submit(new RecordedRequest(plain.request("first", prompt, 4)));
      harness.plan();
      int[] other = Specs.prompt(3, 100, VOCABULARY);
      harness.submit(new RecordedRequest(plain.request("second", other, 4)));
      harness.plan();
      assertThat(harness.status().runningRequests()).isEqualTo(1);
      harness.runUntilIdle(1000);
      assertThat(update(harness, "s", SessionHints.NONE).revokedTokens()).isZero();
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
}
