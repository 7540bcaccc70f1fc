package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.PlannedStep;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.StepResult;

/** Checks that a result answers the oldest plan in flight, before anything of it is applied. */
final class StepResultCheck {
  private StepResultCheck() {}

  /**
   * The plan that a result answers.
   *
   * @throws WorkerProtocolException if it does not
   */
  static PlannedStep answered(WorkerSession session, StepResult result) {
    if (session.inFlight().count() == 0) {
      throw refused(result, "nothing is in flight");
    }
    PlannedStep step = session.inFlight().get(0);
    if (step.stepId() != result.stepId()) {
      throw refused(result, "the next is " + step.stepId());
    }
    if (!result.failed()) {
      checkTokens(step, result, session.info().vocabularySize());
    }
    return step;
  }

  private static void checkTokens(PlannedStep step, StepResult result, int vocabularySize) {
    if (result.tokens().size() != step.sampleCount()) {
      throw refused(result, result.tokens().size() + " tokens for " + step.sampleCount());
    }
    int next = 0;
    for (int i = 0; i < step.size(); i++) {
      if (step.sample(i)) {
        SampledToken token = result.tokens().get(next++);
        if (token.slot() != step.slot(i)) {
          throw refused(result, "slot " + token.slot() + " instead of " + step.slot(i));
        }
        if (token.tokenId() < 0 || token.tokenId() >= vocabularySize) {
          throw refused(result, "token " + token.tokenId() + " of " + vocabularySize);
        }
      }
    }
  }

  private static WorkerProtocolException refused(StepResult result, String problem) {
    return new WorkerProtocolException("result of step " + result.stepId() + ": " + problem);
  }
}
