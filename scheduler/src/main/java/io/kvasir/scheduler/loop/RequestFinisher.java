package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.policy.ServiceAccounts;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestState;
import io.kvasir.scheduler.request.RequestTable;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.session.Sessions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends requests: takes back what they hold, then delivers the terminal event, exactly once.
 * Confined to the scheduler loop.
 */
final class RequestFinisher {
  private static final Logger log = LoggerFactory.getLogger(RequestFinisher.class);

  private final RequestTable table;
  private final ServiceAccounts accounts;
  private final Sessions sessions;
  private final SchedulerTotals totals;
  private final SchedulerEvents events;
  private final RequestObserver observer;

  RequestFinisher(
      RequestTable table,
      ServiceAccounts accounts,
      Sessions sessions,
      SchedulerTotals totals,
      SchedulerEvents events,
      RequestObserver observer) {
    this.table = table;
    this.accounts = accounts;
    this.sessions = sessions;
    this.totals = totals;
    this.events = events;
    this.observer = observer;
  }

  /**
   * Ends a request that no stop string ended: text held back is delivered now.
   *
   * @param session where it holds blocks and a slot; null without a worker
   * @param error set if the reason is ERROR
   */
  void finish(
      Request request,
      @Nullable WorkerSession session,
      FinishReason reason,
      @Nullable RequestError error,
      long now) {
    SessionOutcome outcome = takeBack(request, session, reason, now);
    end(request, reason, heldBack(request), error, outcome, now);
  }

  /** Ends a request whose stop string is complete: what was held back is not output. */
  void finishAtStopString(Request request, WorkerSession session, long now) {
    SessionOutcome outcome = takeBack(request, session, FinishReason.STOP, now);
    end(request, FinishReason.STOP, "", null, outcome, now);
  }

  /** Ends a request without touching any structure, because the structures are broken. */
  void abandon(Request request, String reason, long now) {
    if (request.state() != RequestState.FINISHED) {
      RequestError error = new RequestError(RequestError.Code.INTERNAL, reason, 0);
      end(request, FinishReason.ERROR, heldBack(request), error, null, now);
    }
  }

  private @Nullable SessionOutcome takeBack(
      Request request, @Nullable WorkerSession session, FinishReason reason, long now) {
    // What is protected must not be evicted in between.
    SessionOutcome outcome = sessions.ended(request, reason, now);
    double inFlight = accounts.inFlight(request);
    if (inFlight > 0) {
      events.onServed(request.spec(), inFlight);
    }
    table.remove(request);
    if (session != null) {
      session.restorer().forget(request);
      session.memory().release(request);
      if (request.state() == RequestState.RUNNING) {
        session.slots().retire(request.slot());
      }
    }
    return outcome;
  }

  private void end(
      Request request,
      FinishReason reason,
      String text,
      @Nullable RequestError error,
      @Nullable SessionOutcome outcome,
      long now) {
    request.finish(now);
    totals.countFinished();
    FinishedEvent finished =
        new FinishedEvent(
            reason,
            text,
            request.promptTokens(),
            request.cachedTokens(),
            request.completionTokens(),
            request.times().timing(request.swap().hits()),
            error,
            outcome);
    // The id is free before the client can know it.
    observer.onLeft(request, now);
    events.onFinished(request.spec(), finished);
    try {
      request.listener().onFinished(finished);
    } catch (RuntimeException e) {
      log.error("request {}: its listener failed at the end", request.spec().requestId(), e);
    }
  }

  private static String heldBack(Request request) {
    try {
      return request.output().finish();
    } catch (RuntimeException e) {
      log.error("request {}: its output text failed at the end", request.spec().requestId(), e);
      return "";
    }
  }
}
