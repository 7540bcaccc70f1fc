package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.policy.MemoryWeights;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.policy.ServiceWeights;
import io.kvasir.scheduler.policy.TenantService;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What KV held and moved costs, where it costs anything. */
class MemoryChargesTest {
  private static final double GIB = 1L << 30;

  /** Everything costs something. */
  static final ServiceWeights ALL =
      new ServiceWeights(
          1, 2, new MemoryWeights(1e6, Map.of(TierKind.DRAM, 1e6, TierKind.SSD, 1e5), 1e6));

  private static final int BLOCK_TOKENS = 4;

  /** K and V of a token are a long each. */
  private static final double BLOCK_GIB = BLOCK_TOKENS * 2 * Long.BYTES / GIB;

  private static final long SECOND = 1_000_000_000;

  static PolicySettings settings(MemoryWeights memory) {
    PolicySettings defaults = PolicySettings.DEFAULT;
    return new PolicySettings(
        new ServiceWeights(0, 0, memory),
        defaults.windowTokens(),
        defaults.creditTokens(),
        defaults.quantumTokens(),
        defaults.ageMillis(),
        defaults.priorityGap(),
        defaults.starveMillis(),
        defaults.tracePattern(),
        defaults.traceSeed(),
        defaults.traceFrequency(),
        defaults.ttftMillis(),
        defaults.tbtMillis(),
        defaults.lostMillis());
  }

  private static CoreHarness harness(int blocks, MemoryWeights memory) {
    return harness(blocks, 8, false, memory);
  }

  private static CoreHarness harness(
      int blocks, int slots, boolean persistent, MemoryWeights memory) {
    TestTiers tiers =
        new TestTiers(
            List.of(TestTiers.spec(TierKind.DRAM, 64, persistent, true, 1 << 30)),
            new SplittableRandom(1),
            false);
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(100, slots, 64)
            .policy(PolicyKind.FCFS)
            .policySettings(settings(memory))
            .preemption(PreemptionMode.SWAP)
            .build();
    return new CoreHarness(
        config, new HashRunnerConfig(60, 64, BLOCK_TOKENS, blocks, 64), slots, tiers);
  }

  private static MemoryWeights weights(double arena, double dram, double swap) {
    EnumMap<TierKind, Double> tiers = new EnumMap<>(TierKind.class);
    tiers.put(TierKind.DRAM, dram);
    return new MemoryWeights(arena, tiers, swap);
  }

  private static double service(CoreHarness harness) {
    return harness.status().tenants().getFirst().service();
  }

  @Test
  void blocksOfRunningRequestsCostByTheSecond() {
    try (CoreHarness harness = harness(16, weights(1 / BLOCK_GIB, 0, 0))) {
      harness.submit("r", Specs.prompt(0, 11, 60), 9);
      harness.plan();
      harness.now += 3 * SECOND;
      harness.execute();
      harness.plan();
      assertThat(service(harness)).as("three blocks for three seconds").isEqualTo(9, within(1e-6));
    }
  }

  @Test
  void blocksInATierCostWhoStoredThemByTheSecond() {
    try (CoreHarness harness = harness(16, weights(0, 1 / BLOCK_GIB, 0))) {
      harness.submit("r", Specs.prompt(0, 12, 60), 1);
      harness.runUntilIdle(100);
      assertThat(harness.status().tiers().getFirst().resident()).isEqualTo(3);
      harness.submit("again", Specs.prompt(0, 11, 60), 30);
      harness.plan();
      double before = service(harness);
      harness.now += 2 * SECOND;
      harness.execute();
      harness.plan();
      assertThat(service(harness) - before)
          .as("three blocks for two seconds")
          .isEqualTo(6, within(1e-2));
    }
  }

  @Test
  void whatIsMovedForAPreemptedRequestCostsByTheBlockAndWhatATierHasNothing() {
    try (CoreHarness harness = harness(12, weights(0, 0, 1 / BLOCK_GIB))) {
      for (int i = 0; i < 4; i++) {
        harness.submit("r" + i, Specs.prompt(i, 5, 60), 30);
      }
      harness.runUntilIdle(2000);
      assertThat(harness.watch.preemptions).isPositive();
      SwapStatus swaps = harness.status().swaps();
      TierStatus tier = harness.status().tiers().getFirst();
      assertThat(swaps.swapOutReused()).as("stored before").isPositive();
      assertThat(service(harness))
          .isEqualTo((double) (swaps.swapOutStored() + tier.loaded().done()), within(1e-6));
    }
  }

  /** A worker comes back with what its tiers keep: the tenant has not run on it yet. */
  @Test
  void whatIsLoadedBeforeTheFirstTurnOfATenantCostsItToo() {
    try (CoreHarness harness = harness(16, 1, true, weights(0, 0, 1 / BLOCK_GIB))) {
      int[] prompt = Specs.prompt(0, 13, 60);
      harness.submit("r", prompt, 1);
      harness.runUntilIdle(100);
      harness.loseWorker();
      harness.connect();
      harness.submit(
          new RecordedRequest(
              Specs.PLAIN.tenant("other").request("runs", Specs.prompt(5, 4, 60), 30)));
      RecordedRequest waits = harness.submit("waits", prompt, 1);
      for (int i = 0; i < 10; i++) {
        harness.plan();
        harness.execute();
        harness.copy();
      }
      assertThat(waits.finished()).isNull();
      long loaded = harness.status().tiers().getFirst().loaded().done();
      assertThat(loaded).isPositive();
      assertThat(serviceOf(harness, "tenant")).isEqualTo((double) loaded, within(1e-6));
      harness.runUntilIdle(200);
    }
  }

  private static double serviceOf(CoreHarness harness, String tenant) {
    return harness.status().tenants().stream()
        .filter(row -> row.tenant().equals(tenant))
        .mapToDouble(TenantService::service)
        .sum();
  }
}
