package io.kvasir.scheduler.loop;

import static io.kvasir.scheduler.loop.TimedSteps.STEP_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.loop.TimedSteps.Stream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prompts are computed in the time that streams with a target leave, no more and no less. */
class DecodeDeadlineTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final TimedSteps steps = new TimedSteps(STEP_TOKENS);

  @AfterEach
  void close() {
    steps.close();
  }

  @Test
  void aLongPromptDelaysNoStreamBeyondItsTarget() {
    List<Stream> streams = steps.decodingStreams(8, 10);
    streams.forEach(stream -> stream.tokens.clear());
    int widestStep = 0;
    Stream prompt = steps.submit("prompt", 500, 1900, 4, 0);
    while (prompt.tokens.isEmpty()) {
      steps.step();
      widestStep = Math.max(widestStep, steps.lastTokens());
    }
    // A full step takes 27.6 ms.
    for (Stream stream : streams) {
      assertThat(stream.longestGap()).isLessThanOrEqualTo(20 * MILLI);
    }
    // And what the streams can spare is not left unused: a step of 10 ms computes 160 tokens.
    assertThat(widestStep).isGreaterThan(150);
    assertThat(streams.getFirst().tokens).hasSizeLessThanOrEqualTo(1900 / 140 + 1);
  }

  @Test
  void streamsWithoutATargetLeaveTheWholeStep() {
    steps.decodingStreams(8, 0);
    int widestStep = 0;
    Stream prompt = steps.submit("prompt", 500, 1900, 4, 0);
    while (prompt.tokens.isEmpty()) {
      steps.step();
      widestStep = Math.max(widestStep, steps.lastTokens());
    }
    assertThat(widestStep).isEqualTo(STEP_TOKENS);
  }

  @Test
  void promptsMoveEvenIfEveryStreamIsLate() {
    // 2 ms cannot be met by any step.
    List<Stream> streams = steps.decodingStreams(8, 2);
    Stream prompt = steps.submit("prompt", 500, 1900, 4, 0);
    int count = 0;
    while (prompt.tokens.isEmpty()) {
      steps.step();
      count++;
    }
    assertThat(count).isLessThanOrEqualTo(Math.ceilDiv(1900, STEP_TOKENS / 16) + 1);
    assertThat(streams).noneMatch(stream -> stream.finished);
  }
}
