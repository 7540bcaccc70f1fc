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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prompts are computed in the time that streams with a target leave, no more and no less. */
class DecodeDeadlineTest {
  private static final int VOCABULARY = 1000;
  private static final int STEP_TOKENS = 512;
  private static final long FIXED = 2_000_000;
  private static final long PER_TOKEN = 50_000;
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final HashModelRunner runner =
      new HashModelRunner(new HashRunnerConfig(VOCABULARY, 4096, 16, 2048, STEP_TOKENS));
  private final StepEngine engine = new StepEngine(runner, 64);
  private final SchedulerCore core =
      new SchedulerCore(
          SchedulerConfig.builder().limits(100, 64, STEP_TOKENS).maxPlansInFlight(1).build(),
          new Tenants(),
          SchedulerEvents.NONE,
          CacheSecret.NONE);
  private long now;
  private int widestStep;

  DecodeDeadlineTest() {
    core.workerConnected(engine.info("worker"), now);
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private final class Stream implements RequestListener, OutputText {
    final List<Long> tokens = new ArrayList<>();
    boolean finished;

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
    public void onFinished(FinishedEvent end) {
      finished = true;
    }

    long longestGap() {
      long longest = 0;
      for (int i = 1; i < tokens.size(); i++) {
        longest = Math.max(longest, tokens.get(i) - tokens.get(i - 1));
      }
      return longest;
    }
  }

  /** Plans a step and lets its time pass. */
  private void step() {
    StepPlan plan = Objects.requireNonNull(core.plan(now));
    long context = 0;
    for (ScheduledRequest request : plan.scheduled()) {
      context += StepTimeModel.context(request.computedTokens(), request.tokenCount());
    }
    widestStep = Math.max(widestStep, plan.tokenCount());
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

  @Test
  void aLongPromptDelaysNoStreamBeyondItsTarget() {
    List<Stream> streams = decodingStreams(8, 10);
    streams.forEach(stream -> stream.tokens.clear());
    widestStep = 0;
    Stream prompt = new Stream("prompt", 500, 1900, 4, 0);
    while (prompt.tokens.isEmpty()) {
      step();
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
    decodingStreams(8, 0);
    widestStep = 0;
    Stream prompt = new Stream("prompt", 500, 1900, 4, 0);
    while (prompt.tokens.isEmpty()) {
      step();
    }
    assertThat(widestStep).isEqualTo(STEP_TOKENS);
  }

  @Test
  void promptsMoveEvenIfEveryStreamIsLate() {
    // 2 ms cannot be met by any step.
    List<Stream> streams = decodingStreams(8, 2);
    Stream prompt = new Stream("prompt", 500, 1900, 4, 0);
    int steps = 0;
    while (prompt.tokens.isEmpty()) {
      step();
      steps++;
    }
    assertThat(steps).isLessThanOrEqualTo(Math.ceilDiv(1900, STEP_TOKENS / 16) + 1);
    assertThat(streams).noneMatch(stream -> stream.finished);
  }
}
