package io.kvasir.kvpool.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.kvpool.residency.TieredPool.Request;
import io.kvasir.kvpool.swap.CostModel;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where blocks are put, with exact numbers. A block has 1000 bytes and 4 tokens. */
final class PlacementTest {
  private static final long GB = 1_000_000_000L;

  private TieredPool tiered =
      new TieredPool(
          128,
          spec(TierKind.DRAM, 64, 3 * GB),
          spec(TierKind.CXL, 64, GB),
          spec(TierKind.SSD, 64, GB));

  private static TierSpec spec(TierKind kind, int slots, long bytesPerSecond) {
    boolean persistent = kind == TierKind.SSD;
    return new TierSpec(
        kind, kind + "", slots, persistent, "raw", true, false, bytesPerSecond, bytesPerSecond);
  }

  @AfterEach
  void integrity() {
    tiered.check();
  }

  @Test
  void aSwapOutIsDividedSoThatItsLoadsEndTogether() {
    Request request = tiered.request("abcd".repeat(40) + "?").compute(160);
    assertThat(request.swapOut()).isEqualTo(160);
    List<CopyJob> jobs = tiered.residency.takeOrders();
    assertThat(jobs).extracting(CopyJob::tier).containsExactly(0, 1);
    assertThat(jobs).extracting(CopyJob::blockCount).containsExactly(30, 10);
    assertThat(jobs).as("each tier gets one run").allMatch(job -> TieredPool.runs(job) == 1);
    assertThat(IntStream.range(0, 40).filter(i -> request.slot(0, i) != TierTable.NONE).boxed())
        .as("the front is in DRAM")
        .containsExactlyElementsOf(IntStream.range(0, 30).boxed().toList());
    jobs.forEach(job -> tiered.observe(job, CopyOutcome.DONE));
    tiered.evictCached();
    request.swapIn(1);
    assertThat(tiered.residency.takeOrders())
        .as("both links load at once")
        .extracting(CopyJob::blockCount)
        .containsExactly(30, 10);
  }

  @Test
  void whatATierHoldsAlreadyIsPartOfItsShare() {
    Request request = tiered.request("abcd".repeat(41)).compute(80);
    request.swapOut();
    tiered.settle();
    assertUsed(15, 5, 0);
    tiered.evictCached();
    request.swapIn(1);
    tiered.settle(request);
    request.compute(160).swapOut();
    tiered.settle();
    assertUsed(30, 10, 0);
  }

  @Test
  void roomLimitsAShareAndSlowerTiersGetWhatIsLeft() {
    tiered =
        new TieredPool(
            128,
            spec(TierKind.DRAM, 6, 3 * GB),
            spec(TierKind.CXL, 20, GB),
            spec(TierKind.SSD, 64, 100 * GB));
    Request request = tiered.request("abcd".repeat(40)).compute(160);
    assertThat(request.swapOut()).isEqualTo(160);
    tiered.settle();
    assertUsed(6, 20, 14);
  }

  @Test
  void thePriceOfARunKeepsFewBlocksTogether() {
    for (int i = 0; i < 100; i++) {
      measure(1, 1, 1, 21_000);
      measure(1, 50, 1, 70_000);
    }
    // CXL takes 20 µs and 1 µs for each block, DRAM a third of a µs.
    Request few = tiered.request("abcd".repeat(40)).compute(160);
    few.swapOut();
    tiered.settle();
    assertUsed(40, 0, 0);
  }

  @Test
  void whatIsMeasuredMovesTheDivision() {
    for (int i = 0; i < 100; i++) {
      measure(0, 10, 1, 10_000);
      measure(1, 10, 1, 10_000);
    }
    Request request = tiered.request("abcd".repeat(40)).compute(160);
    request.swapOut();
    tiered.settle();
    assertUsed(20, 20, 0);
  }

  @Test
  void aTierWorseThanComputingGetsNothingUnlessThatIsWanted() {
    // A block is computed in 0.8 µs; DRAM loads it in 0.33 µs, CXL and SSD in 1 µs.
    tiered.costs.onStep(100, 20_000);
    Request request = tiered.request("abcd".repeat(40)).compute(160);
    SwapEstimate estimate = tiered.residency.estimate(request.chain, 160, true);
    assertThat(estimate.kept()).isEqualTo(40);
    assertThat(estimate.nanos()).isCloseTo(2 * 40 * 1000 / 3.0, within(1e-6));
    assertThat(tiered.residency.estimate(request.chain, 160, false).nanos()).isEqualTo(2 * 10_000);
    int kept =
        tiered.residency.swapOutIfWorthwhile(request.table, request.chain, 160, request.copies);
    assertThat(kept).isEqualTo(160);
    tiered.settle();
    assertUsed(40, 0, 0);
    request.leave();
    Request pinned = tiered.request("efgh".repeat(40)).compute(160);
    assertThat(pinned.swapOut()).isEqualTo(160);
    tiered.settle();
    assertThat(tiered.residency.tier(1).usedSlots()).isEqualTo(10);
  }

  @Test
  void whereEveryTierIsWorseThanComputingNothingIsKept() {
    tiered.costs.onStep(100, 1_000);
    Request request = tiered.request("abcd".repeat(10)).compute(40);
    SwapEstimate estimate = tiered.residency.estimate(request.chain, 40, true);
    assertThat(estimate.kept()).isZero();
    assertThat(estimate.room()).isTrue();
    int kept =
        tiered.residency.swapOutIfWorthwhile(request.table, request.chain, 40, request.copies);
    assertThat(kept).isZero();
    assertThat(tiered.residency.hasOrders()).isFalse();
  }

  @Test
  void anEstimateSaysThatNoTierHasRoom() {
    for (int t = 0; t < 3; t++) {
      tiered.residency.tier(t).setLimit(0);
    }
    Request request = tiered.request("abcd".repeat(10)).compute(40);
    SwapEstimate estimate = tiered.residency.estimate(request.chain, 40, true);
    assertThat(estimate).isEqualTo(new SwapEstimate(10, 0, false, 0));
  }

  @Test
  void aDivisionOfManyBlocksIsExactToOnePortion() {
    TierSpec[] specs = {spec(TierKind.DRAM, 50_000, 3 * GB), spec(TierKind.CXL, 50_000, GB)};
    Tiers tiers = new Tiers(List.of(specs));
    Placement placement = new Placement(tiers, new CostModel(1000, List.of(specs)), 4);
    placement.begin(0, true);
    assertThat(placement.divide(40_000)).isEqualTo(40_000);
    assertThat(placement.share(0)).isBetween(30_000 - 40, 30_000 + 40);
    assertThat(placement.share(0) + placement.share(1)).isEqualTo(40_000);
  }

  @Test
  void coldBlocksFillCxlThenHalfOfDramThenTakeTheOldestPlacesOfCxl() {
    tiered = new TieredPool(256, spec(TierKind.DRAM, 12, 3 * GB), spec(TierKind.CXL, 10, GB));
    for (int i = 0; i < 8; i++) {
      coldBlocks(i, 2);
      assertUsed(Math.clamp(2L * i - 8, 0, 6), Math.min(10, 2 * i + 2));
    }
    assertThat(tiered.residency.tier(1).evictions()).isZero();
    coldBlocks(8, 2);
    assertUsed(6, 10);
    assertThat(tiered.residency.tier(0).evictions()).isZero();
    assertThat(tiered.residency.tier(1).evictions()).isEqualTo(2);
  }

  @Test
  void coldBlocksFillDramWhereThereIsNoCxl() {
    tiered = new TieredPool(256, spec(TierKind.DRAM, 12, 3 * GB), spec(TierKind.SSD, 40, GB));
    for (int i = 0; i < 8; i++) {
      coldBlocks(i, 2);
    }
    assertThat(tiered.residency.tier(0).usedSlots()).isEqualTo(12);
    assertThat(tiered.residency.tier(1).usedSlots()).isEqualTo(16);
  }

  private void coldBlocks(int which, int blocks) {
    tiered.request(("" + (char) ('a' + which)).repeat(4 * blocks)).compute(4 * blocks).leave();
    for (int i = 0; i < 3; i++) {
      tiered.residency.demote();
      tiered.settle();
    }
  }

  private void assertUsed(int... slots) {
    for (int t = 0; t < slots.length; t++) {
      assertThat(tiered.residency.tier(t).usedSlots()).as("tier %d", t).isEqualTo(slots[t]);
    }
  }

  private void measure(int tier, int blocks, int runs, long nanos) {
    int[] ints = new int[blocks];
    long[] longs = new long[blocks];
    CopyJob job =
        new CopyJob(
            1,
            CopyKind.LOAD,
            CopyUrgency.RESTORE,
            tier,
            -1,
            ints,
            ints,
            new int[0],
            longs,
            longs,
            ints,
            ints,
            ints);
    List<CopyOutcome> done = Collections.nCopies(blocks, CopyOutcome.DONE);
    tiered.costs.onCopy(job, new CopyResult(1, done, 1000L * blocks, runs, 0, nanos, ""));
  }
}
