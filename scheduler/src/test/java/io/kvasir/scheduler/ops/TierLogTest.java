package io.kvasir.scheduler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.loop.TierStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TierLogTest {
  private static final TierStatus.Copies NONE = new TierStatus.Copies(0, 0, 0, 0, 0, 0, 0);

  private static TierStatus ssd(int resident, long evictions, TierStatus.Copies stored) {
    return new TierStatus(
        "ssd",
        TierKind.SSD,
        "raw",
        false,
        100,
        100,
        resident,
        2,
        evictions,
        stored,
        NONE,
        NONE,
        List.of());
  }

  @Test
  void countsFromTheStart() {
    TierStatus.Copies stored = new TierStatus.Copies(10, 1, 2, 0, 3 << 20, 4, 5);
    assertThat(TierLog.line(ssd(8, 3, stored), null))
        .isEqualTo(
            "tier ssd: 10 of 100 blocks (2 in flight); since the last line stored 10 (3.0 MiB, 3"
                + " lost), loaded 0 (0.0 MiB, 0 lost), moved 0 (0.0 MiB, 0 lost), 3 given up");
  }

  @Test
  void countsSinceTheLastLine() {
    TierStatus.Copies before = new TierStatus.Copies(10, 0, 0, 0, 1 << 20, 4, 5);
    TierStatus.Copies now = new TierStatus.Copies(15, 0, 0, 0, 3 << 20, 4, 5);
    assertThat(TierLog.line(ssd(8, 3, now), ssd(8, 1, before)))
        .contains("stored 5 (2.0 MiB, 0 lost)")
        .contains("2 given up");
  }

  /** A worker that connects again begins to count anew. */
  @Test
  void countsAnewWhenTheWorkerDid() {
    TierStatus.Copies before = new TierStatus.Copies(10, 0, 0, 0, 1 << 20, 4, 5);
    TierStatus.Copies now = new TierStatus.Copies(3, 0, 0, 0, 1 << 20, 1, 1);
    assertThat(TierLog.line(ssd(1, 0, now), ssd(8, 1, before)))
        .contains("stored 3 (0.0 MiB")
        .contains("0 given up");
  }
}
