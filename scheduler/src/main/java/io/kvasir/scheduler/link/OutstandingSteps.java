package io.kvasir.scheduler.link;

import io.kvasir.worker.step.NewRequest;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.ScheduledRequests;
import io.kvasir.worker.step.StepPlan;
import io.kvasir.worker.step.StepResult;
import io.kvasir.worker.step.WorkerInfo;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plans a worker has not answered yet. A result must answer the oldest of them: its step id,
 * one token per request that samples, in plan order, of the worker's vocabulary. Confined to one
 * thread.
 */
final class OutstandingSteps {
  private final WorkerInfo info;
  private final ArrayDeque<StepPlan> plans = new ArrayDeque<>();

  /* By slot, as of the last plan that was answered. */
  private final int[] topCandidates;

  OutstandingSteps(WorkerInfo info) {
    this.info = info;
    this.topCandidates = new int[info.maxRequests()];
  }

  void sent(StepPlan plan) {
    plans.add(plan);
  }

  /**
   * Takes the oldest plan as answered.
   *
   * @throws IllegalArgumentException naming the field if the result does not answer it
   */
  void answered(StepResult result) {
    StepPlan plan = plans.peek();
    if (plan == null) {
      throw new IllegalArgumentException(
          "step_result.step_id: is " + result.stepId() + ", but no step is outstanding");
    }
    check(
        result.stepId() == plan.stepId(),
        "step_result.step_id",
        result.stepId(),
        "step " + plan.stepId() + " is next");
    if (!result.failed()) {
      for (NewRequest request : plan.newRequests()) {
        topCandidates[request.slot()] = request.topCandidates();
      }
      checkTokens(plan, result.tokens());
    }
    plans.remove();
  }

  private void checkTokens(StepPlan plan, List<SampledToken> tokens) {
    int next = 0;
    ScheduledRequests scheduled = plan.scheduled();
    for (int i = 0; i < scheduled.size(); i++) {
      if (scheduled.sample(i)) {
        checkToken(scheduled.slot(i), next < tokens.size() ? tokens.get(next) : null, next);
        next++;
      }
    }
    check(
        next == tokens.size(),
        "step_result.tokens",
        tokens.size(),
        "step " + plan.stepId() + " samples " + next);
  }

  private void checkToken(int slot, @Nullable SampledToken token, int index) {
    if (token == null) {
      throw new IllegalArgumentException(
          "step_result.tokens: has " + index + " entries, slot " + slot + " is missing");
    }
    String path = "step_result.tokens[" + index + "].";
    check(token.slot() == slot, path + "slot", token.slot(), "the plan has slot " + slot + " here");
    check(
        token.tokenId() < info.vocabularySize(),
        path + "token_id",
        token.tokenId(),
        "the vocabulary has " + info.vocabularySize());
    check(
        token.candidates().size() <= topCandidates[slot],
        path + "candidates",
        token.candidates().size(),
        topCandidates[slot] + " were asked for");
  }

  private static void check(boolean holds, String field, long value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": is " + value + ", but " + rule);
    }
  }
}
