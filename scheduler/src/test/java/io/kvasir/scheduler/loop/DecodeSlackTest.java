package io.kvasir.scheduler.loop;

import static io.kvasir.scheduler.loop.TimedSteps.STEP_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.loop.TimedSteps.Stream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** First tokens come sooner by what streams without a target can spare, and within bounds. */
class DecodeSlackTest {
  private static final int MOST_TOKENS = STEP_TOKENS + STEP_TOKENS / 8;

  private final TimedSteps steps = new TimedSteps(MOST_TOKENS);

  @AfterEach
  void close() {
    steps.close();
  }

  /** Counts tokens of each stream, step by step; the fewest in two steps in a row. */
  private int fewestInTwoSteps(List<Stream> streams, int count) {
    int fewest = Integer.MAX_VALUE;
    int[] before = new int[streams.size()];
    for (int step = 0; step < count; step++) {
      int[] counts = new int[streams.size()];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = -streams.get(i).tokens.size();
      }
      steps.step();
      for (int i = 0; i < counts.length; i++) {
        counts[i] += streams.get(i).tokens.size();
        fewest = step == 0 ? fewest : Math.min(fewest, before[i] + counts[i]);
      }
      before = counts;
    }
    return fewest;
  }

  @Test
  void aPromptThatNeedsAFewTokensMoreThanTheStepHasEndsWithIt() {
    List<Stream> streams = steps.decodingStreams(8, 0);
    Stream prompt = steps.submit("prompt", 500, MOST_TOKENS - 8, 4, 0);
    steps.step();
    assertThat(steps.lastTokens()).isEqualTo(MOST_TOKENS);
    assertThat(prompt.tokens).hasSize(1);
    assertThat(streams.getFirst().tokens).hasSizeGreaterThan(30);
  }

  @Test
  void aPromptThatNeedsMoreIsCutAtTheStep() {
    steps.decodingStreams(8, 0);
    Stream prompt = steps.submit("prompt", 500, MOST_TOKENS, 4, 0);
    steps.step();
    assertThat(steps.lastTokens()).isEqualTo(STEP_TOKENS);
    assertThat(prompt.tokens).isEmpty();
    steps.step();
    assertThat(prompt.tokens).hasSize(1);
  }

  @Test
  void promptsThatFillTheStepHaveAllOfItEverySecondTimeAndNoStreamWaitsForTwoSteps() {
    List<Stream> streams = steps.decodingStreams(8, 0);
    steps.submit("prompt", 500, 3800, 4, 0);
    steps.step();
    int before = streams.getFirst().tokens.size();
    steps.step();
    assertThat(steps.lastTokens()).isEqualTo(STEP_TOKENS);
    assertThat(streams.getFirst().tokens).as("left out").hasSize(before);
    assertThat(fewestInTwoSteps(streams, 5)).isEqualTo(1);
  }

  @Test
  void streamsWithATargetAreInEveryStep() {
    List<Stream> streams = steps.decodingStreams(8, 1000);
    steps.submit("prompt", 500, 3800, 4, 0);
    assertThat(fewestInTwoSteps(streams, 6)).isEqualTo(2);
  }

  @Test
  void aPromptThatDoesNotFillAStepLeavesNobodyOut() {
    List<Stream> streams = steps.decodingStreams(8, 0);
    for (int i = 0; i < 4; i++) {
      steps.submit("prompt-" + i, 500 + 100 * i, 100, 4, 0);
    }
    assertThat(fewestInTwoSteps(streams, 4)).isEqualTo(2);
  }
}
