package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.StepTimeModel;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.runner.hash.HashModelRunner;
import io.kvasir.worker.runner.hash.HashRunnerConfig;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepEngine;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** First tokens come sooner by what streams without a target can spare, and within bounds. */
class DecodeSlackTest {
  private static final int VOCABULARY = 1000;
  private static final int STEP_TOKENS = 512;
  private static final int MOST_TOKENS = STEP_TOKENS + STEP_TOKENS / 8;
  private static final long FIXED = 2_000_000;
  private static final long PER_TOKEN = 50_000;

  private final HashModelRunner runner =
      new HashModelRunner(new HashRunnerConfig(VOCABULARY, 4096, 16, 2048, MOST_TOKENS));
  private final StepEngine engine = new StepEngine(runner, 64);
  private final SchedulerCore core =
      new SchedulerCore(
          SchedulerConfig.builder().limits(100, 64, STEP_TOKENS).maxPlansInFlight(1).build(),
          new Tenants(),
          SchedulerEvents.NONE,
          CacheSecret.NONE);
  private long now;
  private int lastTokens;

  DecodeSlackTest() {
    core.workerConnected(engine.info("worker"), now);
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private final class Stream implements RequestListener, OutputText {
    final List<Long> tokens = new ArrayList<>();

    Stream(String id, int start, int promptTokens, int maxTokens, int tbtMillis) {
      RequestSpec spec =
          RequestSpec.draft(id, "tenant", Specs.prompt(start, promptTokens, VOCABULARY), maxTokens)
              .targets(0, tbtMillis)
              .arrivalNanos(now)
              .build();
      core.submit(spec, this, this, now);
    }

    @Override
    public Piece append(int tokenId) {
      return new Piece("", false);
    }

    @Override
    public String finish() {
      return "";
    }

    @Override
    public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
      tokens.add(now);
    }

    @Override
    public void onFinished(FinishedEvent end) {}
  }

  /** Plans a step and lets its time pass. */
  private void step() {
    StepPlan plan = Objects.requireNonNull(core.plan(now));
    long context = 0;
    for (ScheduledRequest request : plan.scheduled()) {
      context += StepTimeModel.context(request.computedTokens(), request.tokenCount());
    }
    lastTokens = plan.tokenCount();
    StepResult result = engine.execute(plan);
    long nanos = FIXED + PER_TOKEN * plan.tokenCount() + context;
    now += nanos;
    core.apply(new StepResult(result.stepId(), result.tokens(), nanos, result.failure()), now);
    assertThat(core.violations()).isEmpty();
  }

  private List<Stream> decodingStreams(int count, int tbtMillis) {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(new Stream("stream-" + i, i, 60 + i, 600, tbtMillis));
    }
    while (streams.getLast().tokens.size() < 30) {
      step();
    }
    return streams;
  }

  /** Counts tokens of each stream, step by step; the fewest in two steps in a row. */
  private int fewestInTwoSteps(List<Stream> streams, int steps) {
    int fewest = Integer.MAX_VALUE;
    int[] before = new int[streams.size()];
    for (int step = 0; step < steps; step++) {
      int[] counts = new int[streams.size()];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = -streams.get(i).tokens.size();
      }
      step();
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
    List<Stream> streams = decodingStreams(8, 0);
    Stream prompt = new Stream("prompt", 500, MOST_TOKENS - 8, 4, 0);
    step();
    assertThat(lastTokens).isEqualTo(MOST_TOKENS);
    assertThat(prompt.tokens).hasSize(1);
    assertThat(streams.getFirst().tokens).hasSizeGreaterThan(30);
  }

  @Test
  void aPromptThatNeedsMoreIsCutAtTheStep() {
    decodingStreams(8, 0);
    Stream prompt = new Stream("prompt", 500, MOST_TOKENS, 4, 0);
    step();
    assertThat(lastTokens).isEqualTo(STEP_TOKENS);
    assertThat(prompt.tokens).isEmpty();
    step();
    assertThat(prompt.tokens).hasSize(1);
  }

  @Test
  void promptsThatFillTheStepHaveAllOfItEverySecondTimeAndNoStreamWaitsForTwoSteps() {
    List<Stream> streams = decodingStreams(8, 0);
    new Stream("prompt", 500, 3800, 4, 0);
    step();
    int before = streams.getFirst().tokens.size();
    step();
    assertThat(lastTokens).isEqualTo(STEP_TOKENS);
    assertThat(streams.getFirst().tokens).as("left out").hasSize(before);
    assertThat(fewestInTwoSteps(streams, 5)).isEqualTo(1);
  }

  @Test
  void streamsWithATargetAreInEveryStep() {
    List<Stream> streams = decodingStreams(8, 1000);
    new Stream("prompt", 500, 3800, 4, 0);
    assertThat(fewestInTwoSteps(streams, 6)).isEqualTo(2);
  }

  @Test
  void aPromptThatDoesNotFillAStepLeavesNobodyOut() {
    List<Stream> streams = decodingStreams(8, 0);
    for (int i = 0; i < 4; i++) {
      new Stream("prompt-" + i, 500 + 100 * i, 100, 4, 0);
    }
    assertThat(fewestInTwoSteps(streams, 4)).isEqualTo(2);
  }
}
