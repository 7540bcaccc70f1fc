package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.loop.SchedulerStatus.BlockCounts;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import org.junit.jupiter.api.Test;

/** Every number in docs/walkthrough-request.md. */
class WalkthroughRequestTest {
  private static final int VOCABULARY = 100;
  private static final int[] PROMPT = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

  @Test
  void theNumbersOfTheWalkthroughHold() {
    SchedulerConfig config = SchedulerConfig.builder().limits(16, 4, 8).build();
    try (CoreHarness harness =
        new CoreHarness(config, new HashRunnerConfig(VOCABULARY, 64, 4, 8, 64), 4)) {
      RecordedRequest story = harness.submit("story", PROMPT, 4);

      // Time 1 and 2: two plans, before any result.
      StepPlan one = plan(harness);
      assertThat(one.stepId()).isEqualTo(1);
      NewRequest introduced = one.newRequests().getFirst();
      assertThat(introduced.slot()).isZero();
      assertThat(introduced.tokenIds()).isEqualTo(PROMPT);
      assertThat(introduced.blockIds()).isEmpty();
      assertScheduled(one, 0, 8, false, 0, 1, 2);
      StepPlan two = plan(harness);
      assertThat(two.newRequests()).isEmpty();
      assertScheduled(two, 8, 2, true);
      assertThat(harness.plan()).as("a third plan in flight").isFalse();
      assertBlocks(harness, 5, 3, 0);

      // Time 3: the result of step 1 has no token; step 3 is planned for a token nobody has seen.
      harness.execute();
      assertThat(story.tokens()).isEmpty();
      assertScheduled(plan(harness), 10, 1, true);

      // Time 4: the result of step 2 brings the first token.
      harness.execute();
      assertThat(story.tokens()).hasSize(1);
      assertScheduled(plan(harness), 11, 1, true);

      // Time 5: the fourth block; the last token is in flight, so there is no sixth step to plan.
      harness.execute();
      assertScheduled(plan(harness), 12, 1, true, 3);
      assertBlocks(harness, 4, 4, 0);
      harness.execute();
      assertThat(harness.plan()).isFalse();

      // Time 6: the end.
      harness.execute();
      assertThat(story.end().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(story.tokens()).isEqualTo(HashModelRunner.expected(PROMPT, 4, VOCABULARY));
      assertBlocks(harness, 5, 0, 3);

      // Time 7: the worker is told.
      StepPlan six = plan(harness);
      assertThat(six.stepId()).isEqualTo(6);
      assertThat(six.scheduled()).isEmpty();
      assertThat(six.releasedSlots()).containsExactly(0);
      harness.execute();

      // Time 8: the same prompt again.
      RecordedRequest again = harness.submit("again", PROMPT, 4);
      StepPlan seven = plan(harness);
      assertThat(seven.newRequests().getFirst().blockIds()).containsExactly(0, 1);
      assertScheduled(seven, 8, 2, true, 3);
      harness.runUntilIdle(100);
      assertThat(again.end().cachedTokens()).isEqualTo(8);
      assertThat(again.tokens()).isEqualTo(story.tokens());
    }
  }

  private static StepPlan plan(CoreHarness harness) {
    assertThat(harness.plan()).isTrue();
    return harness.lastPlan();
  }

  private static void assertScheduled(
      StepPlan plan, int computed, int count, boolean sample, int... newBlockIds) {
    assertThat(plan.scheduled()).hasSize(1);
    ScheduledRequest request = plan.scheduled().getFirst();
    assertThat(request.slot()).isZero();
    assertThat(request.computedTokens()).isEqualTo(computed);
    assertThat(request.tokenCount()).isEqualTo(count);
    assertThat(request.sample()).isEqualTo(sample);
    assertThat(request.newBlockIds()).isEqualTo(newBlockIds);
  }

  private static void assertBlocks(CoreHarness harness, int free, int owned, int cached) {
    assertThat(harness.status().blocks()).isEqualTo(new BlockCounts(free, owned, cached, 0, 8));
  }
}
