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
      new TierSpec(TierKind.SSD, "ssd", 10, true, true, false, 1_000_000_000, 500_000_000);

  private final CostModel costs = new CostModel(1000, List.of(SSD));

  @Test
  void startsFromWhatTheWorkerStated() {
    assertThat(costs.readNanosPerBlock(0)).isEqualTo(1000);
    assertThat(costs.writeNanosPerBlock(0)).isEqualTo(2000);
    assertThat(costs.computeNanosPerToken()).isNaN();
  }

  @Test
  void movesWhileComputingIsUnknown() {
    assertThat(costs.swapIsCheaper(0, 1_000_000, 1_000_000, 0, 1)).isTrue();
    assertThat(costs.meetingToken(48, 200, 1_000_000, 1000, 16)).isEqualTo(48);
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
  void cancelledBlocksTellNothingOfTheirSpeed() {
    CopyResult half =
        new CopyResult(
            1, List.of(CopyOutcome.DONE, CopyOutcome.CANCELLED), 1000, 1, 0, 3000, "cancelled");
    assertThat(CostModel.nanosPerBlock(half)).isEqualTo(3000);
    assertThat(CostModel.nanosPerBlock(result(0, 3000))).isZero();
  }

  @Test
  void weighsBothDirectionsAndTheQueueAgainstComputing() {
    costs.onStep(100, 10_000);
    // 4 dirty and 6 queued blocks out, 10 in: 30 µs; 300 tokens: 30 µs.
    assertThat(costs.swapIsCheaper(0, 4, 10, 6, 300)).isTrue();
    assertThat(costs.swapIsCheaper(0, 4, 10, 7, 300)).isFalse();
    assertThat(costs.swapIsCheaper(0, 4, 10, 6, 299)).isFalse();
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

  private static CopyResult result(long bytes, long nanos) {
    return new CopyResult(1, List.of(CopyOutcome.DONE, CopyOutcome.DONE), bytes, 1, 0, nanos, "");
  }
}
