package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.offload.store.remote.RedisServer;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.worker.memory.TierSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sixteen requests with room for about four: preempted ones go to the tiers and come back, nothing
 * is computed twice, and every output is that of a server with room for all.
 */
class SwapThroughTheStackTest {
  /** For about four requests of the sixteen. */
  private static final int SCARCE = 32;

  private static final int ROOMY = 256;
  private static final int STEP_TOKENS = 512;
  private static final int ANSWER_TOKENS = 80;
  private static final long PLENTY = 16 << 20;
  private static final long SPEED = 2_000_000_000L;

  /** Blocks of host memory where most are to go further down. */
  private static final int FEW = 8;

  /** Whether a request is preempted depends on who comes when; within some rounds enough are. */
  private static final int ROUNDS = 20;

  @TempDir Path folder;

  enum Mix {
    DRAM,
    CXL,
    SSD,
    DRAM_CXL_SSD
  }

  private TierSettings settings(Mix mix, int recordBytes) {
    List<CxlDevice> none = List.of();
    List<CxlDevice> two =
        List.of(
            new CxlDevice.Emulated(PLENTY, SPEED, SPEED, 1_000),
            new CxlDevice.Emulated(PLENTY, SPEED, SPEED, 1_000));
    TierSettings.Ssd ssd = new TierSettings.Ssd(folder, null, 2 * PLENTY, 100 * PLENTY);
    return switch (mix) {
      case DRAM -> new TierSettings(PLENTY, none, null, null, Map.of());
      case CXL -> new TierSettings(0, two, null, null, Map.of());
      case SSD -> new TierSettings(0, none, ssd, null, Map.of());
      case DRAM_CXL_SSD -> new TierSettings((long) FEW * recordBytes, two, ssd, null, Map.of());
    };
  }

  @ParameterizedTest
  @EnumSource
  void hashOracle(Mix mix) throws IOException {
    check(hash(), hashRequests(), mix);
  }

  @ParameterizedTest
  @EnumSource
  void stories(Mix mix) throws IOException {
    Golden golden = Golden.stories();
    check(
        StackSetup.model(golden.model(), SCARCE, STEP_TOKENS),
        GoldenThroughTheStackTest.mixed(golden),
        mix);
  }

  @Test
  void bundledModel() throws IOException {
    Golden golden = Golden.bundled();
    check(
        StackSetup.model(golden.model(), SCARCE, STEP_TOKENS),
        GoldenThroughTheStackTest.mixed(golden),
        Mix.DRAM_CXL_SSD);
  }

  @Test
  void hashOracleOverASharedServer() throws IOException {
    checkRemote(hash(), hashRequests());
  }

  @Test
  void storiesOverASharedServer() throws IOException {
    Golden golden = Golden.stories();
    checkRemote(
        StackSetup.model(golden.model(), SCARCE, STEP_TOKENS),
        GoldenThroughTheStackTest.mixed(golden));
  }

  private static StackSetup hash() throws IOException {
    return StackSetup.hash(SCARCE, STEP_TOKENS);
  }

  private static List<GenerateRequest> hashRequests() throws IOException {
    try (Stack stack = Stack.embedded(hash())) {
      return Session.firstTurns(Session.random(16, ANSWER_TOKENS, 42, stack.vocabularySize()));
    }
  }

  private void check(StackSetup setup, List<GenerateRequest> requests, Mix mix) throws IOException {
    TierSettings tiers = settings(mix, setup.recordBytes());
    SchedulerStatus status = swapped(setup.with(PreemptionMode.SWAP, tiers), requests);
    if (mix == Mix.DRAM_CXL_SSD) {
      assertThat(status.tiers()).hasSize(3);
      assertThat(status.tiers().get(0).slots()).isEqualTo(FEW);
      assertThat(status.tiers().get(1).stored().done() + status.tiers().get(0).moved().done())
          .as("blocks below host memory: %s", status.tiers())
          .isPositive();
      assertThat(status.tiers().get(1).moved().done()).as("moved to the SSD").isPositive();
    }
  }

  private void checkRemote(StackSetup setup, List<GenerateRequest> requests) throws IOException {
    try (RedisServer redis = RedisServer.start(folder)) {
      TierSettings tiers =
          new TierSettings(
              0, List.of(), null, new TierSettings.Remote(redis.uri(), 10_000), Map.of());
      swapped(setup.with(PreemptionMode.SWAP, tiers), requests);
    }
  }

  private static SchedulerStatus swapped(StackSetup setup, List<GenerateRequest> requests)
      throws IOException {
    List<Generation> undisturbed;
    try (Stack roomy =
        Stack.embedded(setup.withBlocks(ROOMY).with(PreemptionMode.AUTO, TierSettings.NONE))) {
      undisturbed = roomy.generateAll(requests);
      assertThat(roomy.quiet().totals().preemptions()).isZero();
    }
    try (Stack stack = Stack.embedded(setup)) {
      SchedulerStatus status = stack.quiet();
      for (int round = 0; round < ROUNDS && !swappedInAndOut(status); round++) {
        checkEqual(stack.generateAll(requests), undisturbed);
        status = stack.quiet();
      }
      assertThat(status.totals().preemptions()).isPositive();
      assertThat(swappedInAndOut(status)).as(status::toString).isTrue();
      assertThat(status.totals().recomputedTokens()).isZero();
      for (TierStatus tier : status.tiers()) {
        for (TierStatus.Copies copies : List.of(tier.stored(), tier.loaded(), tier.moved())) {
          assertThat(copies.missed()).as("missed: %s", tier).isZero();
          assertThat(copies.failed()).as("failed: %s", tier).isZero();
        }
      }
      return status;
    }
  }

  private static boolean swappedInAndOut(SchedulerStatus status) {
    return status.totals().preemptions() > 0
        && status.tiers().stream().anyMatch(tier -> tier.loaded().done() > 0);
  }

  private static void checkEqual(List<Generation> actual, List<Generation> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).tokenIds()).as("request " + i).isEqualTo(expected.get(i).tokenIds());
      assertThat(actual.get(i).text()).as("request " + i).isEqualTo(expected.get(i).text());
    }
  }
}
