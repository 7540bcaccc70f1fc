package io.kvasir.loadtest.restore;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyKind;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * One prompt that a tier holds, brought back by the real scheduler from an emulated worker: its
 * steps and its link take the time they are told to, on a clock of the run's own. One thread, no
 * bytes; the same costs give the same run.
 */
public final class RestoreRun implements RequestListener {
  /** Tokens of a block. */
  public static final int BLOCK_TOKENS = 16;

  /** A MiB per block. */
  private static final BlockGeometry GEOMETRY = new BlockGeometry(32, 8, 64, 2, BLOCK_TOKENS);

  private static final int STEP_TOKENS = 512;
  private static final int WARM_UP_TOKENS = 64;
  private static final int VOCABULARY = 1000;
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * What things take, nanoseconds.
   *
   * @param tokenNanos to compute a token
   * @param believedBlockNanos to load a block, as the worker states it
   * @param link to load a block, in truth
   */
  public record Costs(long tokenNanos, long believedBlockNanos, LinkSpeedAt link) {}

  /**
   * What came of it.
   *
   * @param nanos from the arrival to the first token
   * @param computedTokens tokens computed for the prompt
   * @param loadedTokens tokens loaded for it
   * @param cancelledBlocks blocks whose loads were given up
   */
  public record Outcome(long nanos, int computedTokens, int loadedTokens, int cancelledBlocks) {}

  private static final OutputText NO_TEXT =
      new OutputText() {
        @Override
        public Piece append(int tokenId) {
          return new Piece("", false);
        }

        @Override
        public String finish() {
          return "";
        }
      };

  private final Costs costs;
  private final int partBlocks;
  private final LongConsumer clock;
  private final SchedulerCore core;
  private final EmulatedReads reads;
  private final Queue<StepPlan> waiting = new ArrayDeque<>();
  private long now;
  private long stepEnd = NEVER;
  private int computedTokens;
  private boolean answered;

  /**
   * @param blocks full blocks of the prompt
   * @param partBlocks blocks of one load
   * @param clock hears of each moment that something happens, nanoseconds from 0; it may wait
   */
  public RestoreRun(int blocks, Costs costs, int partBlocks, LongConsumer clock) {
    this.costs = costs;
    this.partBlocks = partBlocks;
    this.clock = clock;
    reads = new EmulatedReads(costs.link());
    core =
        new SchedulerCore(
            SchedulerConfig.builder().limits(8, 8, STEP_TOKENS).loadPartBlocks(partBlocks).build(),
            new Tenants(),
            SchedulerEvents.NONE,
            CacheSecret.NONE);
    core.workerConnected(worker(blocks), 0);
  }

  private WorkerInfo worker(int blocks) {
    long speed = GEOMETRY.blockBytes() * 1_000_000_000L / costs.believedBlockNanos();
    TierSpec tier =
        new TierSpec(
            TierKind.SSD, "emulated", 2 * blocks + 8, true, "raw", true, true, speed, speed);
    int context = (blocks + 8) * BLOCK_TOKENS;
    return new WorkerInfo(
        "worker",
        "none",
        "none",
        GEOMETRY,
        2 * blocks + 16,
        STEP_TOKENS,
        8,
        context,
        VOCABULARY,
        List.of(tier));
  }

  /** The cost of computing is known from a prompt before. */
  public RestoreRun warmUp() {
    serve("warm-up", prompt(WARM_UP_TOKENS, 1));
    return this;
  }

  /** The moment of the run, nanoseconds from 0. */
  public long now() {
    return now;
  }

  /** Serves a prompt of which nothing is kept. */
  public Outcome compute(int blocks) {
    return serve("computed", prompt(blocks * BLOCK_TOKENS + 1, 2));
  }

  /** Serves a prompt of which all but the last token is kept in the tier. */
  public Outcome restore(int blocks) {
    int[] prompt = prompt(blocks * BLOCK_TOKENS + 1, 2);
    HashChain chain = new HashChain(blocks);
    CacheSalt salt =
        CacheSalt.of(CacheSecret.NONE.hi(), CacheSecret.NONE.lo(), "tenant", "", false);
    chain.reset(salt);
    chain.extend(prompt, blocks * BLOCK_TOKENS, BLOCK_TOKENS);
    List<StoredBlock> stored = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      int slot = blocks + 8 + i;
      stored.add(
          new StoredBlock(0, slot, chain.hi(i), chain.lo(i), BLOCK_TOKENS, 1, chain.saltTag(), 0));
    }
    if (core.takeInventory(stored) != blocks) {
      throw new IllegalStateException("the tier has no room");
    }
    return serve("restored", prompt);
  }

  private static int[] prompt(int tokens, int seed) {
    return IntStream.range(0, tokens).map(i -> (i * 31 + seed * 7) % VOCABULARY).toArray();
  }

  private Outcome serve(String id, int[] prompt) {
    long begin = now;
    answered = false;
    computedTokens = 0;
    reads.forget();
    core.submit(spec(id, prompt), NO_TEXT, this, now);
    while (!answered) {
      plan();
      advance();
    }
    return new Outcome(
        now - begin, computedTokens, reads.doneBlocks() * BLOCK_TOKENS, reads.cancelledBlocks());
  }

  private RequestSpec spec(String id, int[] prompt) {
    return RequestSpec.draft(id, "tenant", prompt, 1).arrivalNanos(now).build();
  }

  private void plan() {
    core.expire(now);
    for (StepPlan plan = core.plan(now); plan != null; plan = core.plan(now)) {
      for (long job : plan.cancelledJobs()) {
        reads.cancel(job);
      }
      waiting.add(plan);
    }
    if (stepEnd == NEVER && !waiting.isEmpty()) {
      beginStep();
    }
  }

  private void beginStep() {
    StepPlan plan = waiting.element();
    for (CopyJob job : plan.copies()) {
      if (job.kind() == CopyKind.LOAD) {
        reads.add(job, now);
      } else {
        core.applyCopy(EmulatedReads.done(job, 1));
      }
    }
    for (long job : plan.cancelledJobs()) {
      reads.cancel(job);
    }
    stepEnd = now + plan.tokenCount() * costs.tokenNanos();
  }

  /** Lets the next thing happen. */
  private void advance() {
    now = Math.max(now, Math.min(stepEnd, reads.nextNanos()));
    if (stepEnd == NEVER && reads.nextNanos() == NEVER) {
      throw new IllegalStateException("nothing is under way");
    }
    clock.accept(now);
    reads.advance(now).forEach(core::applyCopy);
    if (stepEnd <= now) {
      endStep();
    }
  }

  private void endStep() {
    StepPlan plan = waiting.remove();
    stepEnd = NEVER;
    List<SampledToken> sampled = new ArrayList<>();
    for (ScheduledRequest request : plan.scheduled()) {
      computedTokens += request.tokenCount();
      if (request.sample()) {
        sampled.add(new SampledToken(request.slot(), 7, List.of()));
      }
    }
    long nanos = plan.tokenCount() * costs.tokenNanos();
    core.apply(new StepResult(plan.stepId(), sampled, nanos, ""), now);
    if (!waiting.isEmpty()) {
      beginStep();
    }
  }

  /** What a fixed split at admission would take: the loads in one go, the front beside them. */
  public static long fixedSplitNanos(int blocks, Costs costs) {
    double compute = BLOCK_TOKENS * costs.tokenNanos();
    int front =
        (int) (blocks * costs.believedBlockNanos() / (compute + costs.believedBlockNanos()));
    long loaded = 0;
    for (int i = front; i < blocks; i++) {
      loaded += costs.link().blockNanos(loaded);
    }
    return Math.max(loaded, Math.round(front * compute)) + costs.tokenNanos();
  }

  @Override
  public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {
    answered = true;
  }

  @Override
  public void onFinished(FinishedEvent finished) {}

  @Override
  public String toString() {
    return "%s, %d blocks at a time".formatted(costs, partBlocks);
  }
}
