package io.kvasir.kvpool.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CostModelTest {
  /** A block of 1000 bytes takes 1 µs to load and 2 µs to store. */
  private static final TierSpec SSD =
      new TierSpec(TierKind.SSD, "ssd", 10, true, "raw", true, false, 1_000_000_000, 500_000_000);

  private final CostModel costs = new CostModel(1000, List.of(SSD));

  @Test
  void startsFromWhatTheWorkerStated() {
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(1000);
    assertThat(costs.writeNanosPerBlock(0)).isEqualTo(2000);
    assertThat(costs.computeNanosPerToken()).isNaN();
  }

  @Test
  void movesWhileComputingIsUnknown() {
    assertThat(costs.movingIsCheaper(1e18, 1)).isTrue();
    assertThat(costs.blocksToCompute(0, 8, 1_000_000, 16)).isZero();
  }

  @Test
  void convergesToWhatIsMeasured() {
    for (int i = 0; i < 200; i++) {
      costs.onStep(100, 70_000);
      costs.onCopy(job(CopyKind.LOAD), result(2, 9000));
      costs.onCopy(job(CopyKind.STORE), result(2, 5000));
    }
    assertThat(costs.computeNanosPerToken()).isEqualTo(700, within(1.0));
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(4500, within(1.0));
    assertThat(costs.writeNanosPerBlock(0)).isEqualTo(2500, within(1.0));
  }

  @Test
  void leavesOutWhatTellsNothing() {
    costs.onStep(CostModel.MIN_STEP_TOKENS - 1, 1_000_000);
    costs.onStep(100, 0);
    costs.onCopy(job(CopyKind.LOAD), result(0, 9000));
    assertThat(costs.computeNanosPerToken()).isNaN();
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(1000);
  }

  @Test
  void weighsMovingAgainstComputing() {
    costs.onStep(100, 10_000);
    // 300 tokens: 30 µs.
    assertThat(costs.movingIsCheaper(30_000, 300)).isTrue();
    assertThat(costs.movingIsCheaper(30_001, 300)).isFalse();
    assertThat(costs.movingIsCheaper(30_000, 299)).isFalse();
  }

  /** Computing x blocks and loading the others end together. */
  @Test
  void splitsAHitWhereBothEndTogether() {
    costs.onStep(100, 100 * 250);
    // A block is computed in 16 * 250 = 4 µs and loaded in 1 µs.
    assertThat(costs.blocksToCompute(0, 10, 0, 16)).isEqualTo(2);
    assertThat(costs.blocksToCompute(0, 4, 0, 16)).isZero();
    assertThat(costs.blocksToCompute(0, 10, 15, 16)).isEqualTo(5);
    assertThat(costs.blocksToCompute(0, 10, 1000, 16)).as("the link is jammed").isEqualTo(10);
  }

  private static CopyJob job(CopyKind kind) {
    int[] two = {1, 2};
    long[] hashes = {1, 2};
    return new CopyJob(
        1, kind, CopyUrgency.RESTORE, 0, -1, two, two, new int[0], hashes, hashes, two, two, two);
  }

  private static CopyResult result(long bytes, long nanos) {
    return new CopyResult(1, List.of(CopyOutcome.DONE, CopyOutcome.DONE), bytes, 1, 0, nanos, "");
  }
}
