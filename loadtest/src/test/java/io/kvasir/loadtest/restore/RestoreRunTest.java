package io.kvasir.loadtest.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Where computing and loading meet when loads are as fast as believed, and when they are not. */
class RestoreRunTest {
  private static final int BLOCKS = 256;
  private static final int PART = 8;
  private static final long TOKEN_NANOS = 20_000;

  /** A block is computed in that time too. */
  private static final long BLOCK_NANOS = RestoreRun.BLOCK_TOKENS * TOKEN_NANOS;

  @Test
  void theyMeetWhereTheTrueSpeedsSay() {
    for (long truth : new long[] {BLOCK_NANOS / 4, BLOCK_NANOS, BLOCK_NANOS * 4}) {
      RestoreRun.Outcome outcome = restore(BLOCK_NANOS, now -> truth);
      double ideal = (double) BLOCKS * truth / (truth + BLOCK_NANOS);
      String name = "%d ns a block: %s, ideal %.1f blocks".formatted(truth, outcome, ideal);
      assertThat((double) outcome.computedTokens() / RestoreRun.BLOCK_TOKENS)
          .as(name)
          .isCloseTo(ideal, within((double) PART));
      assertThat((double) outcome.nanos())
          .as(name)
          .isBetween(ideal * BLOCK_NANOS, (ideal + 2 * PART) * BLOCK_NANOS);
      assertThat(outcome.computedTokens() + outcome.loadedTokens())
          .as("nothing is both loaded and computed: %s", name)
          .isEqualTo(BLOCKS * RestoreRun.BLOCK_TOKENS + 1);
    }
  }

  @Test
  void aLinkThatSlowsDownIsOvertaken() {
    long before = BLOCK_NANOS / 4;
    RestoreRun.Outcome outcome =
        restore(before, now -> now < 10_000_000 ? before : BLOCK_NANOS * 16);
    assertThat(outcome.cancelledBlocks()).as(outcome::toString).isPositive();
    long fixed =
        RestoreRun.fixedSplitNanos(
            BLOCKS,
            new RestoreRun.Costs(
                TOKEN_NANOS, before, now -> now < 10_000_000 ? before : BLOCK_NANOS * 16));
    assertThat(outcome.nanos()).isLessThan(fixed / 4);
    assertThat(outcome.nanos()).isLessThan(BLOCKS * BLOCK_NANOS);
  }

  @Test
  void aLinkThatSpeedsUpLoadsMore() {
    long before = BLOCK_NANOS * 4;
    RestoreRun.Outcome steady = restore(before, now -> before);
    RestoreRun.Outcome faster = restore(before, now -> now < 20_000_000 ? before : BLOCK_NANOS / 8);
    assertThat(faster.loadedTokens()).isGreaterThan(2 * steady.loadedTokens());
    assertThat(faster.nanos()).isLessThan(steady.nanos() * 3 / 4);
  }

  @Test
  void whereLoadingIsMuchFasterAlmostNothingIsComputed() {
    RestoreRun.Outcome outcome = restore(BLOCK_NANOS * 4, now -> BLOCK_NANOS / 64);
    assertThat(outcome.computedTokens())
        .as("a step does not swallow the prompt: %s", outcome)
        .isLessThan(4 * PART * RestoreRun.BLOCK_TOKENS);
  }

  private static RestoreRun.Outcome restore(long believed, LinkSpeedAt truth) {
    long[] epoch = new long[1];
    LinkSpeedAt sinceBegin = now -> truth.blockNanos(now - epoch[0]);
    RestoreRun run =
        new RestoreRun(
            BLOCKS, new RestoreRun.Costs(TOKEN_NANOS, believed, sinceBegin), PART, now -> {});
    run.warmUp();
    epoch[0] = run.now();
    return run.restore(BLOCKS);
  }
}
