package io.kvasir.worker.step;

import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.worker.runner.BatchSequence;
import io.kvasir.worker.runner.ModelRunner;
import io.kvasir.worker.sample.Sampler;
import io.kvasir.worker.sample.TopCandidates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes step plans on one model runner, their copies apart: applies releases, new requests and
 * scheduled requests in this order, runs the batch, samples, and appends each sampled token to its
 * request. Deterministic: the same plans give the same tokens. Confined to the worker loop.
 *
 * <p>A plan that does not fit what the worker knows is refused whole and changes nothing. When the
 * runner fails, or its logits are unusable, releases, new requests and new blocks of the plan
 * stand, no request advances, and the engine goes on.
 */
public final class StepEngine {
  private final ModelRunner runner;
  private final @Nullable BlockCopier copier;
  private final LongSupplier nanoClock;
  private final RequestSlots slots;
  private final PlanValidator validator;
  private final Sampler sampler;

  /* Reused from step to step. */
  private final ArrayList<BatchSequence> batch = new ArrayList<>();
  private final ArrayList<SampledToken> sampled = new ArrayList<>();
  private float[][] logits = {};

  /**
   * @param runner computes; stays the caller's to close
   * @param maxRequests most requests held at once, at least 1
   */
  public StepEngine(ModelRunner runner, int maxRequests) {
    this(runner, maxRequests, null, System::nanoTime);
  }

  /**
   * @param runner computes; stays the caller's to close
   * @param maxRequests most requests held at once, at least 1
   * @param copier copies between the runner's blocks and the tiers; stays the caller's to close;
   *     null without tiers
   */
  public StepEngine(ModelRunner runner, int maxRequests, @Nullable BlockCopier copier) {
    this(runner, maxRequests, copier, System::nanoTime);
  }

  /**
   * @param runner computes; stays the caller's to close
   * @param maxRequests most requests held at once, at least 1
   * @param copier null without tiers
   * @param nanoClock time for {@link StepResult#stepNanos}, nanoseconds
   */
  public StepEngine(
      ModelRunner runner, int maxRequests, @Nullable BlockCopier copier, LongSupplier nanoClock) {
    if (maxRequests < 1) {
      throw new IllegalArgumentException("maxRequests must be at least 1, is " + maxRequests);
    }
    this.runner = runner;
    this.copier = copier;
    this.nanoClock = nanoClock;
    this.slots =
        new RequestSlots(maxRequests, runner.contextLength(), runner.geometry().blockTokens());
    this.validator = new PlanValidator(runner, slots);
    this.sampler = new Sampler(runner.vocabularySize());
  }

  /** What this worker is. */
  public WorkerInfo info(String workerId) {
    return new WorkerInfo(
        workerId,
        runner.modelName(),
        runner.modelFingerprint(),
        runner.geometry(),
        runner.blockCount(),
        runner.maxBatchTokens(),
        slots.slotCount(),
        runner.contextLength(),
        runner.vocabularySize(),
        copier == null ? List.of() : copier.tiers());
  }

  /** Copies between the runner's blocks and the tiers; null without tiers. */
  public @Nullable BlockCopier copier() {
    return copier;
  }

  /**
   * Executes one plan.
   *
   * @return the sampled tokens, or a failure if the runner failed
   * @throws IllegalArgumentException naming slot and field if the plan does not fit; nothing of it
   *     was applied
   */
  public StepResult execute(StepPlan plan) {
    long start = nanoClock.getAsLong();
    validator.validate(plan);
    apply(plan);
    try {
      compute(plan);
    } catch (RuntimeException e) {
      String failure = "step " + plan.stepId() + " failed: " + e;
      return new StepResult(plan.stepId(), List.of(), nanoClock.getAsLong() - start, failure);
    } finally {
      batch.clear();
    }
    advance(plan);
    return new StepResult(plan.stepId(), sampled, nanoClock.getAsLong() - start, "");
  }

  /** Requests held. */
  public int requestCount() {
    return slots.occupiedCount();
  }

  /** Forgets every request. */
  public void reset() {
    slots.releaseAll();
  }

  private void apply(StepPlan plan) {
    for (int slot : plan.releasedSlots()) {
      slots.release(slot);
    }
    for (NewRequest request : plan.newRequests()) {
      slots.add(request);
    }
    ScheduledRequests scheduled = plan.scheduled();
    for (int i = 0; i < scheduled.size(); i++) {
      slots.appendBlocks(scheduled.slot(i), scheduled, i);
      slots.restored(scheduled.slot(i), scheduled.computedTokens(i));
    }
  }

  /* Fills sampled; changes no slot, so that a failure leaves none half advanced. */
  private void compute(StepPlan plan) {
    sampled.clear();
    ScheduledRequests scheduled = plan.scheduled();
    if (scheduled.isEmpty()) {
      return;
    }
    int rows = 0;
    for (int i = 0; i < scheduled.size(); i++) {
      int slot = scheduled.slot(i);
      batch.add(
          new BatchSequence(
              slots.tokenIds(slot),
              scheduled.computedTokens(i),
              scheduled.tokenCount(i),
              slots.blockIds(slot),
              scheduled.sample(i)));
      rows += scheduled.sample(i) ? 1 : 0;
    }
    reserveLogits(rows);
    runner.execute(batch, logits);
    int row = 0;
    for (int i = 0; i < scheduled.size(); i++) {
      if (scheduled.sample(i)) {
        sampled.add(sample(scheduled.slot(i), logits[row++]));
      }
    }
  }

  private SampledToken sample(int slot, float[] row) {
    int candidates = slots.topCandidates(slot);
    List<TokenScore> top = candidates == 0 ? List.of() : TopCandidates.of(row, candidates);
    int token =
        sampler.sample(row, slots.tokenIds(slot), slots.tokenCount(slot), slots.sampling(slot));
    return new SampledToken(slot, token, top);
  }

  private void advance(StepPlan plan) {
    ScheduledRequests scheduled = plan.scheduled();
    for (int i = 0; i < scheduled.size(); i++) {
      slots.advance(scheduled.slot(i), scheduled.tokenCount(i));
    }
    for (SampledToken token : sampled) {
      slots.appendToken(token.slot(), token.tokenId());
    }
  }

  private void reserveLogits(int rows) {
    int held = logits.length;
    if (rows > held) {
      logits = Arrays.copyOf(logits, rows);
      for (int i = held; i < rows; i++) {
        logits[i] = new float[runner.vocabularySize()];
      }
    }
  }
}
