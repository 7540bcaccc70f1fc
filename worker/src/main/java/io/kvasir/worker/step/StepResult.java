package io.kvasir.worker.step;

import java.util.List;

/**
 * What came back of one step plan.
 *
 * @param stepId of the plan
 * @param tokens one per scheduled request with {@code sample} set, in plan order; empty on failure
 * @param stepNanos time the worker spent on the step, nanoseconds
 * @param failure empty, or why the step failed; then nothing in it counts
 */
public record StepResult(long stepId, List<SampledToken> tokens, long stepNanos, String failure) {

  public StepResult {
    tokens = List.copyOf(tokens);
  }

  /** Whether the step failed. */
  public boolean failed() {
    return !failure.isEmpty();
  }
}
