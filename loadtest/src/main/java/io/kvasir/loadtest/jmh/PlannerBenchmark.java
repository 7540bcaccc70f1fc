package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerCore;
import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.TokenScore;
import io.kvasir.worker.step.WorkerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one steady decode step cost the scheduler? Plan it, and apply its result: one token for
 * each running request, with the block that every sixteenth token needs, its hash and its
 * registration, and the events to every listener. No model, no text, no threads. The baseline is
 * another project's figure: vLLM's scheduler takes about 12.7 µs per running request (indicative).
 *
 * <p>What {@code -prof gc} shows is the set-up of each invocation; that the steps themselves
 * allocate nothing is a test of the scheduler.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlannerBenchmark {
  private static final int STEPS = 256;
  private static final int BLOCK_TOKENS = 16;
  private static final int PROMPT_TOKENS = 100;
  private static final int CONTEXT_TOKENS = 512;
  private static final int BLOCKS_PER_REQUEST = CONTEXT_TOKENS / BLOCK_TOKENS;

  private static final OutputText NO_TEXT =
      new OutputText() {
        private final Piece empty = new Piece("", false);

        @Override
        public Piece append(int tokenId) {
          return empty;
        }

        @Override
        public String finish() {
          return "";
        }
      };

  private static final RequestListener NOBODY =
      new RequestListener() {
        @Override
        public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {}

        @Override
        public void onFinished(FinishedEvent finished) {}
      };

  /** Requests that decode. */
  @Param({"1", "64", "256", "1024"})
  private int runningRequests;

  private SchedulerCore core;
  private List<SampledToken> tokens = List.of();
  private long stepId;

  /** A fresh scheduler whose requests have computed their prompts, with one step in flight. */
  @Setup(Level.Invocation)
  public void prefill() {
    int stepTokens = PROMPT_TOKENS * runningRequests;
    SchedulerConfig config =
        SchedulerConfig.builder().limits(runningRequests, runningRequests, stepTokens).build();
    core = new SchedulerCore(config, new Tenants(), SchedulerEvents.NONE, CacheSecret.NONE);
    core.workerConnected(
        new WorkerInfo(
            "worker",
            "none",
            "none",
            new BlockGeometry(1, 1, 1, 2, BLOCK_TOKENS),
            2 * BLOCKS_PER_REQUEST * runningRequests,
            stepTokens,
            runningRequests,
            CONTEXT_TOKENS,
            50_000,
            List.of()),
        0);
    for (int i = 0; i < runningRequests; i++) {
      core.submit(request(i), NO_TEXT, NOBODY, 0);
    }
    StepPlan prompts = planned();
    List<SampledToken> sampled = new ArrayList<>();
    for (ScheduledRequest request : prompts.scheduled()) {
      sampled.add(new SampledToken(request.slot(), 7, List.of()));
    }
    if (sampled.size() != runningRequests) {
      throw new IllegalStateException(sampled.size() + " requests run");
    }
    tokens = List.copyOf(sampled);
    stepId = prompts.stepId();
  }

  private static RequestSpec request(int id) {
    int[] prompt = new int[PROMPT_TOKENS];
    prompt[0] = id;
    return RequestSpec.draft("request-" + id, "tenant", prompt, CONTEXT_TOKENS - PROMPT_TOKENS)
        .stopTokenIds(2)
        .build();
  }

  private StepPlan planned() {
    StepPlan plan = core.plan(0);
    if (plan == null) {
      throw new IllegalStateException("nothing to plan");
    }
    return plan;
  }

  /** Plans step N + 1 and applies the result of step N, as the loop does. */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public @Nullable StepPlan steadyStep() {
    StepPlan plan = null;
    for (int i = 0; i < STEPS; i++) {
      plan = planned();
      core.apply(new StepResult(stepId++, tokens, 0, ""), 0);
    }
    return plan;
  }
}
