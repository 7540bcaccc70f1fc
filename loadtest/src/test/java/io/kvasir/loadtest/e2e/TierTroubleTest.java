package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.store.remote.RedisServer;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.v1.GetStatusRequest;
import io.kvasir.v1.OperatorGrpc;
import io.kvasir.v1.SetTierLimitRequest;
import io.kvasir.v1.TierState;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiers that lie, refuse, crawl or die cost cache hits, never an answer. */
class TierTroubleTest {
  private static final int SESSIONS = 48;
  private static final int ANSWER_TOKENS = 60;

  /** For few of the sessions. */
  private static final int SCARCE = 48;

  /** Steps of so few tokens that the cost of computing stays unknown: what is found is loaded. */
  private static final int SMALL_STEPS = StackSetup.SMALL_STEP_TOKENS;

  private static final int LARGE_STEPS = 512;
  private static final int ROUNDS = 20;

  /** Fewer blocks than the sessions leave behind. */
  private static final int CAP = 10;

  private static final long SSD_BYTES = 32 << 20;
  private static final int RECORD_BYTES = 4096;

  /** Where an SSD tier's records begin. */
  private static final long DATA_OFFSET = 1 << 20;

  @TempDir Path folder;

  @Test
  void bitsFlippedOnTheSsdAreMisses() throws IOException {
    try (Stack stack = start(SMALL_STEPS, PreemptionMode.SWAP, ssd(100 * SSD_BYTES, Map.of()))) {
      List<Session> sessions = sessions(stack, 1);
      Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
      SchedulerStatus before = stack.quiet();
      assertThat(before.tiers().getFirst().loaded().missed()).isZero();

      flipBits(folder.resolve("blocks.kv"));
      Session.checkSecond(sessions, stack.generateAll(Session.secondTurns(sessions)));
      SchedulerStatus after = stack.quiet();
      assertThat(after.tiers().getFirst().loaded().missed()).isPositive();
      assertThat(after.tiers().getFirst().loaded().failed()).isZero();
    }
  }

  /** One bit of every record, wherever in it. */
  private static void flipBits(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      int i = 0;
      for (long at = DATA_OFFSET; at + RECORD_BYTES <= channel.size(); at += RECORD_BYTES) {
        // A record of the hash oracle has a header of some 100 bytes and a payload of 256.
        long place = at + (i++ * 37L) % 256;
        channel.read(one.clear(), place);
        one.put(0, (byte) (one.get(0) ^ (1 << i % 8)));
        channel.write(one.flip(), place);
      }
      channel.force(true);
    }
  }

  @Test
  void aSpentWriteBudgetOfTheSsdIsCounted() throws IOException {
    int budgetBlocks = 8;
    TierSettings tiers = ssd((long) budgetBlocks * RECORD_BYTES, Map.of());
    try (Stack stack = start(SMALL_STEPS, PreemptionMode.SWAP, tiers)) {
      List<Session> sessions = sessions(stack, 2);
      Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
      Session.checkSecond(sessions, stack.generateAll(Session.secondTurns(sessions)));
      SchedulerStatus status = stack.quiet();
      assertThat(status.totals().preemptions()).isPositive();
      assertThat(status.tiers().getFirst().stored().done()).isBetween(1L, (long) budgetBlocks);
      assertThat(status.tiers().getFirst().stored().failed()).isPositive();
    }
  }

  @Test
  void behindASlowLinkSomeAreComputedAgain() throws IOException {
    // A hundredth of what a slow SSD does, and as much more per copy.
    LinkSpeed slow = new LinkSpeed(1_000_000, 10_000_000);
    TierSettings tiers = ssd(100 * SSD_BYTES, Map.of(TierKind.SSD, slow));
    try (Stack stack = start(LARGE_STEPS, PreemptionMode.AUTO, tiers)) {
      List<Session> sessions = sessions(stack, 3);
      Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
      Session.checkSecond(sessions, stack.generateAll(Session.secondTurns(sessions)));
      SchedulerStatus status = stack.quiet();
      assertThat(status.totals().preemptions()).isPositive();
      assertThat(status.totals().recomputedTokens()).isPositive();
    }
  }

  @Test
  void aSharedServerDiesAndReturns() throws IOException {
    try (RedisServer redis = RedisServer.start(folder)) {
      TierSettings tiers =
          new TierSettings(
              0, List.of(), null, new TierSettings.Remote(redis.uri(), 10_000), Map.of());
      try (Stack stack = start(SMALL_STEPS, PreemptionMode.SWAP, tiers)) {
        List<Session> sessions = sessions(stack, 4);
        Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
        assertThat(stack.quiet().tiers().getFirst().stored().failed()).isZero();

        List<Future<Generation>> second = stack.startAll(Session.secondTurns(sessions));
        stack.awaitCopies();
        redis.kill();
        Session.checkSecond(sessions, Client.await(second));
        SchedulerStatus dead = stack.quiet();
        assertThat(lost(dead)).isPositive();

        redis.restart();
        long stored = dead.tiers().getFirst().stored().done();
        SchedulerStatus status = dead;
        for (int round = 0; status.tiers().getFirst().stored().done() == stored; round++) {
          assertThat(round).as(status::toString).isLessThan(ROUNDS);
          List<Session> more = sessions(stack, 100 + round);
          Session.checkFirst(more, stack.generateAll(Session.firstTurns(more)));
          status = stack.quiet();
        }
      }
    }
  }

  @Test
  void aCapLoweredAtRunTimeHolds() throws IOException {
    try (Stack stack = start(SMALL_STEPS, PreemptionMode.SWAP, ssd(100 * SSD_BYTES, Map.of()))) {
      OperatorGrpc.OperatorBlockingStub operator = OperatorGrpc.newBlockingStub(stack.channel());
      List<Session> sessions = sessions(stack, 5);
      Session.checkFirst(sessions, stack.generateAll(Session.firstTurns(sessions)));
      int slots = stack.quiet().tiers().getFirst().slots();
      assertThat(stack.quiet().tiers().getFirst().resident()).isGreaterThan(CAP);

      operator.setTierLimit(limit("ssd", CAP));
      Session.checkSecond(sessions, stack.generateAll(Session.secondTurns(sessions)));
      TierStatus capped = stack.quiet().tiers().getFirst();
      assertThat(capped.resident() + capped.inFlight()).isBetween(1, CAP);
      TierState shown = operator.getStatus(GetStatusRequest.getDefaultInstance()).getTiers(0);
      assertThat(List.of(shown.getSlots(), shown.getLimit())).containsExactly(slots, CAP);
      assertThat(stack.violations()).isEmpty();

      assertThatThrownBy(() -> operator.setTierLimit(limit("tape", CAP)))
          .hasMessageContaining("NOT_FOUND")
          .hasMessageContaining("tape");
      assertThatThrownBy(() -> operator.setTierLimit(limit("ssd", slots + 1)))
          .hasMessageContaining("INVALID_ARGUMENT")
          .hasMessageContaining("0 to " + slots);
      SetTierLimitRequest silent = SetTierLimitRequest.newBuilder().setTier("ssd").build();
      assertThatThrownBy(() -> operator.setTierLimit(silent))
          .hasMessageContaining("INVALID_ARGUMENT")
          .hasMessageContaining("blocks: must be given");
    }
  }

  private static SetTierLimitRequest limit(String tier, int blocks) {
    return SetTierLimitRequest.newBuilder().setTier(tier).setBlocks(blocks).build();
  }

  private static long lost(SchedulerStatus status) {
    ToLongFunction<TierStatus> lost = tier -> tier.stored().failed() + tier.loaded().failed();
    return status.tiers().stream().mapToLong(lost).sum();
  }

  private TierSettings ssd(long dailyWriteBytes, Map<TierKind, LinkSpeed> links) {
    return new TierSettings(
        0, List.of(), new TierSettings.Ssd(folder, null, SSD_BYTES, dailyWriteBytes), null, links);
  }

  private static Stack start(int stepTokens, PreemptionMode mode, TierSettings tiers)
      throws IOException {
    return Stack.embedded(StackSetup.hash(SCARCE, stepTokens).with(mode, tiers));
  }

  private static List<Session> sessions(Stack stack, long seed) {
    return Session.random(SESSIONS, ANSWER_TOKENS, seed, stack.vocabularySize());
  }
}
