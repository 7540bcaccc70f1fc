package io.kvasir.scheduler.loop;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.session.KvQuota;
import io.kvasir.scheduler.session.SessionConfig;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Turns of sessions on a small worker. Blocks have 4 tokens. */
final class Turns {

  static final int VOCABULARY = 100;
  static final long MILLI = 1_000_000;
  static final SessionHints TTL = new SessionHints(1000L, null, false, null);
  static final SessionHints PIN = new SessionHints(null, true, false, null);
  static final SessionHints DEMOTE = new SessionHints(null, null, true, null);
  static final SessionHints SOON = new SessionHints(null, null, false, 5L);
  static final SessionConfig ALL = quota(new KvQuota.Share(1));

  static SessionConfig quota(KvQuota quota) {
    return new SessionConfig(4, quota, Map.of());
  }

  static CoreHarness harness(int blocks, SessionConfig sessions, int... tierSlots) {
    SchedulerConfig config =
        SchedulerConfig.builder().limits(100, 16, 512).sessions(sessions).build();
    return harness(blocks, config, tierSlots);
  }

  static CoreHarness harness(int blocks, SchedulerConfig config, int... tierSlots) {
    TestTiers tiers =
        new TestTiers(
            Arrays.stream(tierSlots)
                .mapToObj(slots -> TestTiers.spec(TierKind.DRAM, slots, false, true, 1_000_000_000))
                .toList(),
            new SplittableRandom(1),
            false);
    return new CoreHarness(
        config, new HashRunnerConfig(VOCABULARY, 400, 4, blocks, 512), 16, tiers);
  }

  /** One turn, run to its end; its last token is never computed. */
  static RecordedRequest turn(
      CoreHarness harness, String session, int start, int length, @Nullable SessionHints hints) {
    Specs specs = Specs.PLAIN.session(session, hints).arrival(harness.now);
    String id = "request-" + harness.requests.size();
    int[] prompt = Specs.prompt(start, length, VOCABULARY);
    RecordedRequest request = harness.submit(new RecordedRequest(specs.request(id, prompt, 1)));
    harness.runUntilIdle(1000);
    return request;
  }

  static SessionOutcome outcome(RecordedRequest request) {
    SessionOutcome outcome = request.end().session();
    if (outcome == null) {
      throw new AssertionError("no outcome: " + request.end());
    }
    return outcome;
  }

  static SessionOutcome update(CoreHarness harness, String session, SessionHints hints) {
    SessionOutcome outcome =
        harness.core.sessions().update("tenant", session, hints, harness.now).orElseThrow();
    harness.runUntilIdle(1000);
    return outcome;
  }

  static int cached(CoreHarness harness, String session, int start, int length) {
    return turn(harness, session, start, length, null).end().cachedTokens();
  }

  private Turns() {}
}
