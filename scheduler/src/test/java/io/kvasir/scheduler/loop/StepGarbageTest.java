package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.policy.MemoryWeights;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.policy.PolicySettings;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.TokenScore;
import io.kvasir.worker.step.WorkerInfo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A decode step that admits, ends and preempts nobody makes no garbage in the scheduler: whole
 * turns of the core under each policy, with requests that wait, blocks that fill up, are hashed and
 * registered, and one step in flight while the next is planned. What a worker, a stream's text and
 * a client's events allocate is theirs.
 */
class StepGarbageTest {
  private static final int RUNNING = 256;
  private static final int WAITING = 32;
  private static final int PROMPT = 20;
  private static final int STEPS = 512;
  private static final int TRIES = 8;
  private static final int WARM_UP = 3000;
  private static final int CONTEXT = WARM_UP + TRIES * STEPS + PROMPT + 100;
  private static final int BLOCK_TOKENS = 16;

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

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private int heard;
  private int ended;
  private StepResult inFlight = new StepResult(0, List.of(), 0, "");
  private long now;

  private final RequestListener counts =
      new RequestListener() {
        @Override
        public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
          heard++;
        }

        @Override
        public void onFinished(FinishedEvent finished) {
          ended++;
        }
      };

  private SchedulerCore core(PolicyKind policy, PolicySettings settings) {
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(RUNNING, RUNNING + WAITING, RUNNING * PROMPT)
            .policy(policy)
            .policySettings(settings)
            .build();
    SchedulerCore core =
        new SchedulerCore(config, new Tenants(), SchedulerEvents.NONE, CacheSecret.NONE);
    core.workerConnected(
        new WorkerInfo(
            "worker",
            "none",
            "none",
            new BlockGeometry(1, 1, 1, 2, BLOCK_TOKENS),
            (RUNNING + 2) * CONTEXT / BLOCK_TOKENS,
            RUNNING * PROMPT,
            RUNNING,
            CONTEXT,
            50_000,
            List.of()),
        0);
    for (int i = 0; i < RUNNING; i++) {
      core.submit(request(i), NO_TEXT, counts, 0);
    }
    return core;
  }

  private static RequestSpec request(int id) {
    int[] prompt = new int[PROMPT];
    prompt[0] = id;
    return RequestSpec.draft("request-" + id, "tenant", prompt, CONTEXT - PROMPT)
        .stopTokenIds(2)
        .targets(0, 1000)
        .build();
  }

  /** Whole turns of the core; returns what it allocated in them. */
  private long turns(SchedulerCore core, int count) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      long before = thread.getCurrentThreadAllocatedBytes();
      core.expire(now);
      StepPlan plan = core.plan(now);
      core.observeProgress(now);
      bytes += thread.getCurrentThreadAllocatedBytes() - before;
      if (plan == null || plan.scheduled().size() != RUNNING) {
        throw new AssertionError("not everybody decodes: " + core.dump());
      }
      StepResult next = result(plan);
      before = thread.getCurrentThreadAllocatedBytes();
      core.apply(inFlight, now);
      now = Math.min(now + 1_000_000, core.nextWakeNanos());
      bytes += thread.getCurrentThreadAllocatedBytes() - before;
      inFlight = next;
    }
    return bytes;
  }

  private static StepResult result(StepPlan plan) {
    List<SampledToken> tokens = new ArrayList<>();
    for (int i = 0; i < plan.scheduled().size(); i++) {
      tokens.add(new SampledToken(plan.scheduled().slot(i), 7, List.of()));
    }
    return new StepResult(plan.stepId(), tokens, 1_000_000, "");
  }

  @ParameterizedTest
  @EnumSource
  void aSteadyStepAllocatesNothing(PolicyKind policy) {
    // Drawn priorities preempt for who waits, which is no steady step.
    int waiting = policy == PolicyKind.TRACED ? 0 : WAITING;
    check(core(policy, PolicySettings.DEFAULT), waiting);
  }

  @Test
  void chargingForMemoryAllocatesNothing() {
    MemoryWeights memory = new MemoryWeights(1e6, Map.of(), 1e6);
    check(core(PolicyKind.FAIR_SLACK, MemoryChargesTest.settings(memory)), WAITING);
  }

  private void check(SchedulerCore core, int waiting) {
    inFlight = result(Objects.requireNonNull(core.plan(now)));
    for (int i = 0; i < waiting; i++) {
      core.submit(request(RUNNING + i), NO_TEXT, counts, 0);
    }
    turns(core, WARM_UP);
    // The compiler may still replace code during the first measurement, so there are several tries.
    long bytes = Long.MAX_VALUE;
    for (int attempt = 0; attempt < TRIES && bytes > 0; attempt++) {
      bytes = turns(core, STEPS);
    }
    assertThat(bytes).as("bytes in %d steps of %d requests", STEPS, RUNNING).isZero();
    assertThat(heard).isGreaterThanOrEqualTo(RUNNING * (WARM_UP + STEPS));
    assertThat(ended).isZero();
    assertThat(core.violations()).isEmpty();
  }
}
