package io.kvasir.scheduler.plan;

import io.kvasir.scheduler.request.Request;
import io.kvasir.worker.step.StepPlan;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler remembers of a plan until its result arrives: whose tokens it computes. An
 * entry speaks of one admission of its request; if the request was preempted or ended since, its KV
 * is gone and only its sample may still count. Reused from plan to plan. Confined to the scheduler
 * loop.
 */
public final class PlannedStep {
  private final StepPlan plan;
  private final @Nullable Request[] requests;
  private final int[] slots;
  private final int[] admissions;
  private final int[] tokenCounts;
  private final boolean[] samples;
  private int size;
  private int tokens;
  private long context;
  private int sampleCount;
  private long stepId;
  private long plannedNanos;
  private boolean afterFailure;

  PlannedStep(int maxRequests) {
    plan = new StepPlan(maxRequests);
    requests = new Request[maxRequests];
    slots = new int[maxRequests];
    admissions = new int[maxRequests];
    tokenCounts = new int[maxRequests];
    samples = new boolean[maxRequests];
  }

  void begin(long stepId, long plannedNanos) {
    plan.clear();
    this.stepId = stepId;
    this.plannedNanos = plannedNanos;
    tokens = 0;
    context = 0;
    sampleCount = 0;
    afterFailure = false;
  }

  void add(Request request, int tokenCount, boolean sample) {
    requests[size] = request;
    slots[size] = request.slot();
    admissions[size] = request.admissions();
    tokenCounts[size] = tokenCount;
    samples[size] = sample;
    size++;
    tokens += tokenCount;
    context += StepTimeModel.context(request.plannedTokens(), tokenCount);
    sampleCount += sample ? 1 : 0;
  }

  /** Lets go of the requests. */
  void clear() {
    for (int i = 0; i < size; i++) {
      requests[i] = null;
    }
    size = 0;
  }

  /** What the worker is sent. It is not filled again before the result was applied. */
  StepPlan plan() {
    return plan;
  }

  public long stepId() {
    return stepId;
  }

  public long plannedNanos() {
    return plannedNanos;
  }

  /** Requests in it. */
  public int size() {
    return size;
  }

  /** Tokens it computes. */
  public int tokens() {
    return tokens;
  }

  /** Pairs of its tokens and those before them; see {@link StepTimeModel}. */
  public long context() {
    return context;
  }

  /** Samples it takes. */
  public int sampleCount() {
    return sampleCount;
  }

  public Request request(int i) {
    Request request = requests[i];
    if (request == null) {
      throw new IndexOutOfBoundsException("request " + i + " of " + size);
    }
    return request;
  }

  /** The slot it had when it was planned. */
  public int slot(int i) {
    return slots[i];
  }

  public int tokenCount(int i) {
    return tokenCounts[i];
  }

  public boolean sample(int i) {
    return samples[i];
  }

  /** Whether the request has not been admitted again since. */
  public boolean sameAdmission(int i) {
    return admissions[i] == request(i).admissions();
  }

  /** Whether it was planned in the belief that a step would succeed that has failed since. */
  public boolean afterFailure() {
    return afterFailure;
  }

  /** A step before it failed. */
  void markAfterFailure() {
    afterFailure = true;
  }
}
