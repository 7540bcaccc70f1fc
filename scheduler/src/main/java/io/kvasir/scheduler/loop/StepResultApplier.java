package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.PlannedStep;
import io.kvasir.scheduler.plan.Preemptor;
import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestState;
import io.kvasir.worker.step.SampledToken;
import io.kvasir.worker.step.StepResult;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the result of the oldest plan in flight: advances its requests, registers their full
 * blocks, takes their tokens and ends those that stop. Made per worker session. Confined to the
 * scheduler loop.
 */
final class StepResultApplier {
  private static final Logger log = LoggerFactory.getLogger(StepResultApplier.class);

  private final WorkerSession session;
  private final Preemptor preemptor;
  private final RequestFinisher finisher;
  private final ServiceAccounts accounts;
  private final SchedulerTotals totals;
  private final SchedulerEvents events;

  StepResultApplier(
      WorkerSession session,
      Preemptor preemptor,
      RequestFinisher finisher,
      ServiceAccounts accounts,
      SchedulerTotals totals,
      SchedulerEvents events) {
    this.session = session;
    this.preemptor = preemptor;
    this.finisher = finisher;
    this.accounts = accounts;
    this.totals = totals;
    this.events = events;
  }

  /**
   * Applies a result.
   *
   * @throws WorkerProtocolException if it does not answer the oldest plan in flight; nothing was
   *     applied
   */
  void apply(StepResult result, long now) {
    PlannedStep step = StepResultCheck.answered(session, result);
    if (result.failed()) {
      applyFailure(step, result.failure(), now);
    } else {
      applyTokens(step, result.tokens(), now);
      session.swapper().costs().onStep(step.tokens(), result.stepNanos());
      session.stepTimes().observe(step.tokens(), step.context(), result.stepNanos());
      events.onStep(step.size(), step.tokens(), result.stepNanos());
    }
    session.stepApplied(result.stepNanos(), now);
  }

  private void applyTokens(PlannedStep step, List<SampledToken> tokens, long now) {
    int next = 0;
    for (int i = 0; i < step.size(); i++) {
      Request request = step.request(i);
      boolean running = request.state() == RequestState.RUNNING && step.sameAdmission(i);
      if (running) {
        int before = request.computedTokens();
        int again = request.computed(step.tokenCount(i));
        totals.countRecomputed(again);
        int prompt = Math.min(request.computedTokens(), request.promptTokens());
        if (prompt > before + again) {
          serve(request, prompt - before - again, 0);
        }
        session.memory().commit(request, before);
      }
      if (step.sample(i)) {
        request.sampleArrived();
        SampledToken token = tokens.get(next++);
        // A preempted request lost its KV, not its token; one that ended wants neither.
        if (running || request.state() == RequestState.PREEMPTED) {
          applyToken(request, token, now);
        }
      }
    }
  }

  private void serve(Request request, int inputTokens, int outputTokens) {
    events.onServed(request.spec(), accounts.served(request, inputTokens, outputTokens));
  }

  private void applyToken(Request request, SampledToken token, long now) {
    int tokenId = token.tokenId();
    long sinceNanos = request.times().sinceLastToken(now);
    // Of one that was preempted meanwhile, the end of the prompt was computed all the same.
    int prompt = Math.max(0, request.promptTokens() - request.mostComputedTokens());
    request.append(tokenId, now);
    totals.countGenerated();
    serve(request, prompt, 1);
    int index = request.completionTokens() - 1;
    events.onToken(request.spec(), index, sinceNanos);
    // The text of a stop token is not output.
    boolean stopToken = contains(request.spec().stopTokenIds(), tokenId);
    boolean stopString = false;
    String text = "";
    try {
      if (!stopToken) {
        OutputText.Piece piece = request.output().append(tokenId);
        text = piece.text();
        stopString = piece.stopped();
      }
      request.listener().onToken(index, tokenId, text, token.candidates());
    } catch (RuntimeException e) {
      log.error("request {}: its output failed", request.spec().requestId(), e);
      finisher.finish(request, session, FinishReason.ERROR, internal("output failed: " + e), now);
      return;
    }
    if (stopString) {
      finisher.finishAtStopString(request, session, now);
    } else if (stopToken) {
      finisher.finish(request, session, FinishReason.STOP, null, now);
    } else if (request.tokenCount() == request.tokenLimit()) {
      finisher.finish(request, session, FinishReason.LENGTH, null, now);
    }
  }

  /**
   * Nothing of a failed step counts and its requests end. A step that was planned on the success of
   * the failed one could not succeed either: its requests are innocent and are computed again. What
   * the worker holds in which slot is not certain any more, so all that are not used are released,
   * and those of requests that the worker has not heard of.
   */
  private void applyFailure(PlannedStep step, String failure, long now) {
    boolean innocent = step.afterFailure();
    log.warn("step {} failed: {}", step.stepId(), failure);
    events.onStepFailed(failure);
    for (int i = 0; i < step.size(); i++) {
      Request request = step.request(i);
      if (step.sample(i)) {
        request.sampleArrived();
      }
      if (request.state() == RequestState.RUNNING && step.sameAdmission(i)) {
        if (innocent) {
          preemptor.preempt(request, now);
        } else {
          finisher.finish(request, session, FinishReason.ERROR, internal(failure), now);
        }
      }
    }
    preemptor.preemptStrangers(now);
    session.slots().retireFree();
    session.inFlight().markAllAfterFailure();
  }

  private static RequestError internal(String message) {
    return new RequestError(RequestError.Code.INTERNAL, message, 0);
  }

  private static boolean contains(int[] ids, int id) {
    for (int candidate : ids) {
      if (candidate == id) {
        return true;
      }
    }
    return false;
  }
}
