package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.OutputText;
import io.kvasir.scheduler.request.RequestListener;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.request.SessionOutcome;
import io.kvasir.scheduler.request.SubmitResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Takes requests and decides who runs on the worker, step by step. Safe for use by many threads.
 *
 * <p>Answers that the scheduler loop gives complete on another thread. A bounded number of callers
 * waits for them; further ones are answered with a {@link
 * java.util.concurrent.RejectedExecutionException}.
 */
public interface Scheduler {

  /**
   * Hands over a request. Decides at once and never blocks. Refuses, in this order: a server that
   * shuts down (UNAVAILABLE) or is broken (INTERNAL), neither with a retry hint, because nobody
   * knows of a better time; a missing worker (UNAVAILABLE, with a retry hint), a request that can
   * never be served (INVALID_ARGUMENT, with the numbers), an id that is in the system
   * (ALREADY_EXISTS), a tenant that is not served (PERMISSION_DENIED), and what {@link
   * io.kvasir.scheduler.admission.Admission} does not let in (RESOURCE_EXHAUSTED, with a retry
   * hint).
   *
   * @param spec the request; its prompt and token limit together must fit the context and the pool
   * @param output turns its tokens into text; used by the scheduler loop only
   * @param listener hears its tokens and exactly one end, if the request is accepted
   */
  SubmitResult submit(RequestSpec spec, OutputText output, RequestListener listener);

  /**
   * Ends a request with {@link io.kvasir.scheduler.request.FinishReason#ABORTED}. Takes effect
   * within one step; the request's listener hears of it. May be repeated.
   *
   * @return whether this tenant has a request with this id in the system
   */
  boolean abort(String requestId, String tenantId);

  /** What was published last; some milliseconds old while steps run. */
  SchedulerStatus status();

  /**
   * Checks every invariant on the scheduler loop, between two steps; completes with what fails. All
   * who ask before a check begins share it, and checks take a bounded part of the loop's time, see
   * {@link IntegrityChecks}.
   */
  CompletableFuture<List<String>> checkIntegrity();

  /**
   * Sets how many blocks a tier of the connected worker may hold, until it connects again.
   * Completes with false if there is no such tier, with an IllegalArgumentException naming the
   * limit if it has not so many slots.
   */
  CompletableFuture<Boolean> setTierLimit(String tier, int blocks);

  /**
   * Changes the hints of a session between its turns. Completes with what became of them, with
   * empty if the tenant has no such session: none was hinted at, or it expired or was ended.
   */
  CompletableFuture<Optional<SessionOutcome>> updateSession(
      String tenantId, String sessionId, SessionHints hints);

  /**
   * Ends a session: nothing of it is protected any more. Completes with the blocks that were, with
   * empty if the tenant has no such session.
   */
  CompletableFuture<OptionalInt> endSession(String tenantId, String sessionId);

  /**
   * Refuses new requests, lets those in the system end for at most {@code drain}, aborts the rest
   * and stops the loop. Blocks until that is done. Does not close the worker's link.
   */
  void close(Duration drain);
}
