package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.v1.EndSessionRequest;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.HintOutcome;
import io.kvasir.v1.HintResult;
import io.kvasir.v1.SessionHint;
import io.kvasir.v1.SessionHints;
import io.kvasir.v1.SessionOutcome;
import io.kvasir.v1.UpdateSessionRequest;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hints on sessions over real sockets, with answers known beforehand: any wrong block shows. */
class SessionHintsThroughTheStackTest {
  private static final int ANSWER_TOKENS = 24;
  private static final int MINUTE_MILLIS = 60_000;

  /** Steps of so few tokens that the cost of computing stays unknown: what is found is loaded. */
  private static final int STEP_TOKENS = StackSetup.SMALL_STEP_TOKENS;

  private static final SessionHints TTL = SessionHints.newBuilder().setTtlMs(MINUTE_MILLIS).build();

  @TempDir Path folder;

  private static GenerateRequest hinted(GenerateRequest request, String id, SessionHints hints) {
    return request.toBuilder().setTenantId("t").setSessionId(id).setHints(hints).build();
  }

  private static GenerateRequest plain(GenerateRequest request) {
    return request.toBuilder().setTenantId("t").build();
  }

  private static List<Session> sessions(Stack stack, int count) {
    return Session.random(count, ANSWER_TOKENS, 11, stack.vocabularySize());
  }

  private static SessionOutcome update(Client client, String id, SessionHints hints) {
    return client
        .stub()
        .updateSession(
            UpdateSessionRequest.newBuilder()
                .setTenantId("t")
                .setSessionId(id)
                .setHints(hints)
                .build())
        .getSession();
  }

  private static int end(Client client, String id) {
    return client
        .stub()
        .endSession(EndSessionRequest.newBuilder().setTenantId("t").setSessionId(id).build())
        .getBlocks();
  }

  private static int cachedTokens(Generation generation) {
    return generation.finished().getUsage().getCachedTokens();
  }

  @Test
  void aHintedSessionSurvivesThePressureThatEvictsAnother() throws IOException {
    try (Stack stack = Stack.embedded(StackSetup.hash(64, STEP_TOKENS))) {
      List<Session> sessions = sessions(stack, 20);
      Session hinted = sessions.get(0);
      Session other = sessions.get(1);
      SessionOutcome outcome =
          stack.generate(hinted(hinted.firstTurn(), "s", TTL)).finished().getSession();
      assertThat(outcome.getKeptTokens()).isEqualTo(hinted.cacheableTokens());
      assertThat(outcome.getHints(0).getResult()).isEqualTo(HintResult.HINT_RESULT_HONOURED);
      assertThat(stack.generate(plain(other.firstTurn())).finished().hasSession()).isFalse();
      for (Session pressure : sessions.subList(2, sessions.size())) {
        pressure.checkFirst(stack.generate(plain(pressure.firstTurn())));
      }
      Generation evicted = stack.generate(plain(other.secondTurn()));
      other.checkSecond(evicted);
      assertThat(cachedTokens(evicted)).isZero();
      Generation kept =
          stack.generate(hinted(hinted.secondTurn(), "s", SessionHints.getDefaultInstance()));
      hinted.checkSecond(kept);
      assertThat(cachedTokens(kept)).isEqualTo(hinted.cacheableTokens());
      assertThat(kept.finished().getSession().getKeptTokens())
          .as("renewed for the longer chain")
          .isGreaterThan(hinted.cacheableTokens());
      assertThat(end(stack, "s")).isPositive();
      assertThatThrownBy(() -> end(stack, "s"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("NOT_FOUND: session_id: no hints are kept for session s of tenant t");
      stack.awaitQuiet();
    }
  }

  @Test
  void aSessionSleepsInTheTierAndItsNextTurnFindsItInTheArena() throws IOException {
    StackSetup setup =
        StackSetup.hash(64, STEP_TOKENS)
            .with(PreemptionMode.SWAP, new TierSettings(16 << 20, List.of(), null, null, Map.of()));
    try (Stack stack = Stack.embedded(setup)) {
      Session session = sessions(stack, 1).getFirst();
      SessionHints sleep = TTL.toBuilder().setDemote(true).build();
      SessionOutcome outcome =
          stack.generate(hinted(session.firstTurn(), "s", sleep)).finished().getSession();
      assertThat(outcome.getHintsList())
          .extracting(HintOutcome::getResult)
          .containsOnly(HintResult.HINT_RESULT_HONOURED);
      assertThat(outcome.getKeptBlocks(0).getPlace()).isEqualTo("dram");
      stack.awaitQuiet();
      assertThat(stack.status().getBlocks().getCached()).as("it left the arena").isZero();
      SessionOutcome soon =
          update(stack, "s", SessionHints.newBuilder().setResumeExpectedInMs(100).build());
      assertThat(soon.getHintsList())
          .filteredOn(hint -> hint.getHint() == SessionHint.SESSION_HINT_RESUME_EXPECTED)
          .extracting(HintOutcome::getResult)
          .containsExactly(HintResult.HINT_RESULT_HONOURED);
      int blocks = session.cacheableTokens() / StackSetup.BLOCK_TOKENS;
      stack.awaitCached(blocks);
      Generation second =
          stack.generate(plain(session.secondTurn()).toBuilder().setSessionId("s").build());
      session.checkSecond(second);
      assertThat(cachedTokens(second)).isEqualTo(session.cacheableTokens());
      assertThat(stack.quiet().swaps().restoredTokens()).as("nothing had to wait").isZero();
      assertThat(stack.status().getSessions().getPrefetchHits()).isEqualTo(blocks);
      end(stack, "s");
    }
  }

  @Test
  void theQuotaIsKeptAndSaidAndHintsDoNotOutliveTheServer() throws IOException {
    Session session;
    try (Stack stack = Stack.embedded(StackSetup.hash(64, STEP_TOKENS))) {
      session = sessions(stack, 1).getFirst();
    }
    int all = session.cacheableTokens();
    try (KvasirProcess server = serve();
        Client client = new Client(server.awaitPort())) {
      SessionOutcome outcome =
          client.generate(hinted(session.firstTurn(), "s", TTL)).finished().getSession();
      assertThat(outcome.getHints(0).getResult()).isEqualTo(HintResult.HINT_RESULT_PARTLY);
      assertThat(outcome.getHints(0).getReason())
          .startsWith(
              "kept 32 of " + all + " tokens: the tenant's KV quota of 2 blocks is used up");
      assertThat(outcome.getQuotaUsedBlocks()).isEqualTo(2);
      client.awaitQuiet();
      assertThat(server.terminate()).as(server::output).isZero();
    }
    try (KvasirProcess server = serve();
        Client client = new Client(server.awaitPort())) {
      assertThatThrownBy(() -> update(client, "s", TTL))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
      Generation second = client.generate(plain(session.secondTurn()));
      session.checkSecond(second);
      assertThat(cachedTokens(second)).as("what the tier kept is found").isEqualTo(all);
      assertThat(server.terminate()).as(server::output).isZero();
    }
  }

  private KvasirProcess serve() throws IOException {
    return KvasirProcess.server(
        folder,
        List.of(
            "--model",
            Golden.bundled().model().toString(),
            "--runner",
            "hash",
            "--kv-blocks",
            "64",
            "--max-step-tokens",
            Integer.toString(STEP_TOKENS),
            "--kv-ssd",
            folder.resolve("ssd").toString(),
            "--kv-ssd-size",
            "4MiB",
            "--session-kv-quota",
            "0",
            "--session-kv-quota",
            "t=2"));
  }
}
