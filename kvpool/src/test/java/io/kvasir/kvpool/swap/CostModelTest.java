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
    assertThat(costs.meetingToken(48, 200, 1_000_000, 1000, 16)).isEqualTo(48);
  }

  @Test
  void convergesToWhatIsMeasured() {
    for (int i = 0; i < 200; i++) {
      costs.onStep(100, 70_000);
      costs.onCopy(job(CopyKind.LOAD), result(2, 1, 9000));
      costs.onCopy(job(CopyKind.STORE), result(2, 1, 5000));
    }
    assertThat(costs.computeNanosPerToken()).isEqualTo(700, within(1.0));
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(4500, within(1.0));
    assertThat(costs.writeNanosPerBlock(0)).isEqualTo(2500, within(1.0));
  }

  @Test
  void tellsThePriceOfARunFromTheBandwidth() {
    for (int i = 0; i < 200; i++) {
      // A run costs 3 µs, a block of 1000 bytes 1 µs; a run has 2 blocks or, every other time, 1.
      costs.onCopy(job(CopyKind.LOAD), result(2000, 1, 3000 + 2000));
      costs.onCopy(job(CopyKind.LOAD), result(2000, 2, 6000 + 2000));
    }
    assertThat(costs.readNanos(0, 1)).as("one run").isEqualTo(4000, within(1.0));
    assertThat(costs.readNanos(0, 0)).isZero();
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(1000 + 0.75 * 3000, within(50.0));
    assertThat(costs.readNanos(0, 100)).isEqualTo(100 * (1000 + 0.75 * 3000), within(5000.0));
    assertThat(costs.writeNanos(0, 1)).as("not measured").isEqualTo(2000);
  }

  @Test
  void aCodecMakesBlocksCheaper() {
    costs.onCopy(job(CopyKind.STORE), result(500, 1, 1000));
    assertThat(costs.writeNanos(0, 10)).isEqualTo(10 * 500, within(1.0));
  }

  @Test
  void blocksThatNeverBeganAreNotCounted() {
    List<CopyOutcome> half = List.of(CopyOutcome.DONE, CopyOutcome.CANCELLED);
    costs.onCopy(job(CopyKind.STORE), new CopyResult(1, half, 1000, 1, 0, 500, ""));
    assertThat(costs.writeNanosPerBlock(0)).isEqualTo(500, within(1e-6));
  }

  @Test
  void leavesOutWhatTellsNothing() {
    costs.onStep(CostModel.MIN_STEP_TOKENS - 1, 1_000_000);
    costs.onStep(100, 0);
    costs.onCopy(job(CopyKind.LOAD), result(0, 1, 9000));
    costs.onCopy(
        job(CopyKind.LOAD),
        new CopyResult(1, List.of(CopyOutcome.DONE, CopyOutcome.MISS), 1, 1, 0, 9, ""));
    assertThat(costs.computeNanosPerToken()).isNaN();
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(1000);
  }

  @Test
  void cancelledBlocksTellNothingOfTheirSpeed() {
    CopyResult half =
        new CopyResult(
            1, List.of(CopyOutcome.DONE, CopyOutcome.CANCELLED), 1000, 1, 0, 3000, "cancelled");
    assertThat(CostModel.nanosPerBlock(half)).isEqualTo(3000);
    assertThat(CostModel.nanosPerBlock(result(0, 1, 3000))).isZero();
  }

  @Test
  void weighsMovingAgainstComputing() {
    costs.onStep(100, 10_000);
    // 300 tokens: 30 µs.
    assertThat(costs.movingIsCheaper(30_000, 300)).isTrue();
    assertThat(costs.movingIsCheaper(30_001, 300)).isFalse();
    assertThat(costs.movingIsCheaper(30_000, 299)).isFalse();
  }

  /** What one request computes makes the others wait; what is moved for it does not. */
  @Test
  void theMoreShareTheDeviceTheMoreMovingIsWorth() {
    costs.onStep(100, 10_000);
    assertThat(costs.alone()).isTrue();
    costs.computing(9);
    assertThat(costs.alone()).isFalse();
    assertThat(costs.movingIsCheaper(90_000, 300)).isTrue();
    assertThat(costs.movingIsCheaper(90_001, 300)).isFalse();
    costs.computing(0);
    assertThat(costs.alone()).isTrue();
    assertThat(costs.movingIsCheaper(30_001, 300)).isFalse();
  }

  /** Computing x blocks and loading the others end together. */
  @Test
  void computingAndLoadingMeetWhereBothEndTogether() {
    costs.onStep(100, 100 * 250);
    // A block is computed in 16 * 250 = 4 µs and loaded in 1 µs.
    assertThat(costs.meetingToken(0, 160, 0, 1000, 16)).isEqualTo(32);
    assertThat(costs.meetingToken(64, 160, 0, 1000, 16)).isEqualTo(64 + 96 / 5.0);
    assertThat(costs.meetingToken(0, 160, 15, 1000, 16)).isEqualTo(80);
    assertThat(costs.meetingToken(0, 160, 1000, 1000, 16)).as("the link is jammed").isEqualTo(160);
    assertThat(costs.meetingToken(0, 160, 0, 4000, 16)).as("a slower link").isEqualTo(80);
    assertThat(costs.meetingToken(160, 160, 0, 1000, 16)).isEqualTo(160);
  }

  private static CopyJob job(CopyKind kind) {
    int[] two = {1, 2};
    long[] hashes = {1, 2};
    return new CopyJob(
        1, kind, CopyUrgency.RESTORE, 0, -1, two, two, new int[0], hashes, hashes, two, two, two);
  }

  private static CopyResult result(long bytes, int runs, long nanos) {
    return new CopyResult(
        1, List.of(CopyOutcome.DONE, CopyOutcome.DONE), bytes, runs, 0, nanos, "");
  }
}
