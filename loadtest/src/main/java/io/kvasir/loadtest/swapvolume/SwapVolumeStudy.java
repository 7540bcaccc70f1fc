package io.kvasir.loadtest.swapvolume;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.CopyResult;
import io.kvasir.kvpool.tier.CopyUrgency;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.scheduler.loop.SchedulerConfig;
import io.kvasir.scheduler.loop.SchedulerCore;
import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.plan.CacheSecret;
import io.kvasir.scheduler.plan.PreemptionMode;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequest;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Serves conversations with the scheduler's core and a worker that computes and copies nothing, and
 * counts what it was told to copy. Beside it counts what a swapper without reuse would have written
 * in the very same schedule: everything that each victim held. Deterministic.
 */
final class SwapVolumeStudy implements SchedulerEvents {
  private static final int STEP_TOKENS = 2048;
  private static final int MAX_REQUESTS = 256;
  private static final long STEPS_MAX = 10_000_000;
  private static final long STEP_NANOS = 20_000_000;
  private static final long TIER_SPEED = 10_000_000_000L;

  private final int blockTokens;
  private final SchedulerCore core;
  private final List<Conversation> conversations = new ArrayList<>();

  /** Tokens whose KV is there, by request and by slot of the worker. */
  private final Map<String, Integer> computed = new HashMap<>();

  private final Map<Integer, String> bySlot = new HashMap<>();
  private List<CopyJob> underWay = new ArrayList<>();
  private long requests;
  private long preemptions;
  private long swaps;
  private long withoutReuse;
  private long withReuse;
  private long demoted;
  private long loaded;

  private SwapVolumeStudy(ConversationShape shape, int blocks, int tierBlocks, int blockTokens) {
    this.blockTokens = blockTokens;
    SchedulerConfig config =
        SchedulerConfig.builder()
            .limits(shape.conversations(), MAX_REQUESTS, STEP_TOKENS)
            .maxPlansInFlight(1)
            .policy(PolicyKind.PRIORITY)
            .preemption(PreemptionMode.SWAP)
            .build();
    core = new SchedulerCore(config, new Tenants(), this, CacheSecret.NONE);
    core.workerConnected(
        new WorkerInfo(
            "worker",
            "none",
            "none",
            new BlockGeometry(1, 1, 1, 2, blockTokens),
            blocks,
            STEP_TOKENS,
            MAX_REQUESTS,
            shape.contextLength(),
            Conversation.vocabularySize(),
            List.of(
                new TierSpec(
                    TierKind.DRAM,
                    "dram",
                    tierBlocks,
                    false,
                    "raw",
                    true,
                    true,
                    TIER_SPEED,
                    TIER_SPEED))),
        0);
    SplittableRandom random = new SplittableRandom(shape.seed());
    for (int i = 0; i < shape.conversations(); i++) {
      conversations.add(new Conversation(i, shape, random.split()));
    }
  }

  /**
   * Runs one.
   *
   * @param blocks of the device arena
   * @param tierBlocks of the tier below
   */
  static SwapVolume run(ConversationShape shape, int blocks, int tierBlocks, int blockTokens) {
    return new SwapVolumeStudy(shape, blocks, tierBlocks, blockTokens).run();
  }

  private SwapVolume run() {
    long step = 0;
    while (!conversations.stream().allMatch(Conversation::isOver)) {
      long now = step * STEP_NANOS;
      for (Conversation conversation : conversations) {
        if (conversation.isDue(step)) {
          requests++;
          core.submit(conversation.nextTurn(), conversation, conversation, now);
        }
      }
      core.expire(now);
      StepPlan plan = core.plan(now);
      // What was ordered with the last plan was copied while that one ran.
      List<CopyJob> over = underWay;
      underWay = new ArrayList<>();
      if (plan != null) {
        plan.copies().forEach(this::count);
        core.apply(execute(plan), now);
      }
      over.forEach(this::answer);
      if (++step == STEPS_MAX) {
        throw new IllegalStateException("no end after " + step + " steps");
      }
    }
    return new SwapVolume(
        requests, preemptions, swaps, withoutReuse, withReuse, demoted, loaded, step);
  }

  private void count(CopyJob job) {
    underWay.add(job);
    if (job.kind() == CopyKind.LOAD) {
      loaded += job.blockCount();
    } else if (job.urgency() == CopyUrgency.SWAP_OUT) {
      withReuse += job.blockCount();
    } else {
      demoted += job.blockCount();
    }
  }

  private void answer(CopyJob job) {
    int count = job.blockCount();
    List<CopyOutcome> done = Collections.nCopies(count, CopyOutcome.DONE);
    core.applyCopy(new CopyResult(job.jobId(), done, count, 1, 0, count, ""));
  }

  private StepResult execute(StepPlan plan) {
    for (NewRequest request : plan.newRequests()) {
      bySlot.put(request.slot(), request.requestId());
    }
    List<SampledToken> sampled = new ArrayList<>();
    for (ScheduledRequest request : plan.scheduled()) {
      int end = request.computedTokens() + request.tokenCount();
      String id = Objects.requireNonNull(bySlot.get(request.slot()));
      computed.put(id, end);
      if (request.sample()) {
        int token = 3 + Math.floorMod(31 * id.hashCode() + end, Conversation.vocabularySize() - 3);
        sampled.add(new SampledToken(request.slot(), token, List.of()));
      }
    }
    return new StepResult(plan.stepId(), sampled, STEP_NANOS, "");
  }

  @Override
  public void onPreempted(RequestSpec spec, SwapDecision decision) {
    preemptions++;
    Integer tokens = computed.get(spec.requestId());
    if (decision.swaps() && tokens != null) {
      swaps++;
      withoutReuse += Math.ceilDiv(tokens, blockTokens);
    }
  }
}
