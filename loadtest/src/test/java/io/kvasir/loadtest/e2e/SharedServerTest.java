package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.offload.store.remote.RedisServer;
import io.kvasir.scheduler.loop.RestoreStatus;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one server computed and left on a shared one, another server finds. */
class SharedServerTest {
  private static final int SESSIONS = 12;
  private static final int ANSWER_TOKENS = 40;

  /** Steps of so few tokens that the cost of computing stays unknown: what is found is loaded. */
  private static final int SMALL_STEPS = StackSetup.SMALL_STEP_TOKENS;

  /** Longer than any answer on a busy machine takes. */
  private static final long PROBE_WAIT_MILLIS = 10_000;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir Path folder;

  @Test
  void equalSecretsAndTenantsShare() throws IOException {
    try (RedisServer redis = RedisServer.start(folder);
        Stack one = start(redis, CacheSecret.NONE);
        Stack other = start(redis, CacheSecret.NONE);
        Stack stranger = start(redis, new CacheSecret(1, 2))) {
      List<Session> sessions = sessions(one, 1);
      Session.checkFirst(sessions, one.generateAll(Session.firstTurns(sessions)));
      one.quiet();

      for (Session session : sessions) {
        Generation found = other.generate(session.secondTurn());
        session.checkSecond(found);
        assertThat(cached(found)).isEqualTo(session.cacheableTokens());

        Generation alone = stranger.generate(session.secondTurn());
        session.checkSecond(alone);
        assertThat(cached(alone)).as("another secret").isZero();

        GenerateRequest foreign = session.secondTurn().toBuilder().setTenantId("foreign").build();
        assertThat(cached(other.generate(foreign))).as("another tenant").isZero();
      }
      RestoreStatus restores = other.quiet().swaps().restores();
      assertThat(restores.probedBlocks()).isPositive();
      assertThat(restores.probeTimeouts()).isZero();
      assertThat(stranger.quiet().swaps().restores().probedBlocks()).isZero();
    }
  }

  @Test
  void aServerThatDiesIsNotWaitedForAndOneThatReturnsIsAsked() throws IOException {
    try (RedisServer redis = RedisServer.start(folder);
        Stack one = start(redis, CacheSecret.NONE);
        Stack other = start(redis, CacheSecret.NONE)) {
      List<Session> sessions = sessions(one, 2);
      Session.checkFirst(sessions, one.generateAll(Session.firstTurns(sessions)));
      one.quiet();
      redis.kill();
      Session.checkSecond(sessions, other.generateAll(Session.secondTurns(sessions)));
      assertThat(other.quiet().swaps().restores().probeTimeouts())
          .as("the answer is that it is not there, and comes at once")
          .isZero();

      redis.restart();
      long end = System.nanoTime() + PATIENCE_NANOS;
      int hits = 0;
      for (int round = 0; hits == 0; round++) {
        assertThat(System.nanoTime()).as("no hit in %d rounds", round).isLessThan(end);
        List<Session> more = sessions(one, 100 + round);
        Session.checkFirst(more, one.generateAll(Session.firstTurns(more)));
        one.quiet();
        List<Generation> second = other.generateAll(Session.secondTurns(more));
        Session.checkSecond(more, second);
        hits = second.stream().mapToInt(SharedServerTest::cached).sum();
      }
    }
  }

  private static int cached(Generation generation) {
    return generation.finished().getUsage().getCachedTokens();
  }

  private static Stack start(RedisServer redis, CacheSecret secret) throws IOException {
    TierSettings tiers =
        new TierSettings(
            0, List.of(), null, new TierSettings.Remote(redis.uri(), 10_000), Map.of());
    return Stack.embedded(
        StackSetup.hash(1024, SMALL_STEPS).with(PreemptionMode.SWAP, tiers),
        secret,
        PROBE_WAIT_MILLIS);
  }

  private static List<Session> sessions(Stack stack, long seed) {
    return Session.random(SESSIONS, ANSWER_TOKENS, seed, stack.vocabularySize());
  }
}
