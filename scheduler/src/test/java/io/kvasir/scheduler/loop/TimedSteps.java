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

/**
 * A scheduler core and steps that take 2 ms, 50 µs a token and 1 ns a pair of a token and one
 * before it; one plan at a time.
 */
final class TimedSteps implements AutoCloseable {
  static final int STEP_TOKENS = 512;

  private static final int VOCABULARY = 1000;
  private static final long FIXED = 2_000_000;
  private static final long PER_TOKEN = 50_000;

  private final HashModelRunner runner;
  private final StepEngine engine;
  private final SchedulerCore core =
      new SchedulerCore(
          SchedulerConfig.builder().limits(100, 64, STEP_TOKENS).maxPlansInFlight(1).build(),
          new Tenants(),
          SchedulerEvents.NONE,
          CacheSecret.NONE);
  private long now;
  private int lastTokens;

  /**
   * Steps on a worker that was just started.
   *
   * @param mostTokens that the worker takes in a step, at least {@link #STEP_TOKENS}
   */
  TimedSteps(int mostTokens) {
    runner = new HashModelRunner(new HashRunnerConfig(VOCABULARY, 4096, 16, 2048, mostTokens));
    engine = new StepEngine(runner, 64);
    core.workerConnected(engine.info("worker"), now);
  }

  /** A request and when its tokens came. */
  final class Stream implements RequestListener, OutputText {
    final List<Long> tokens = new ArrayList<>();
    boolean finished;

    private Stream(RequestSpec spec) {
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

  /** Submits a request; {@code start} makes its prompt one of its own. */
  Stream submit(String id, int start, int promptTokens, int maxTokens, int tbtMillis) {
    return new Stream(
        RequestSpec.draft(id, "tenant", Specs.prompt(start, promptTokens, VOCABULARY), maxTokens)
            .targets(0, tbtMillis)
            .arrivalNanos(now)
            .build());
  }

  /** Plans a step and lets its time pass. */
  void step() {
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

  /** Tokens of the last step. */
  int lastTokens() {
    return lastTokens;
  }

  /** So many streams, each with 30 tokens at least. */
  List<Stream> decodingStreams(int count, int tbtMillis) {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(submit("stream-" + i, i, 60 + i, 600, tbtMillis));
    }
    while (streams.getLast().tokens.size() < 30) {
      step();
    }
    return streams;
  }

  @Override
  public void close() {
    runner.close();
  }
}
