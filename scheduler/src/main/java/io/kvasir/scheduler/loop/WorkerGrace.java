package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.plan.WorkerSession;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestTable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long requests wait for a worker that can serve them, and the end of those that waited in
 * vain. Confined to the scheduler loop.
 */
final class WorkerGrace {
  private static final long NONE = Long.MAX_VALUE;
  private static final long RETRY_MILLIS = 1000;

  private final long graceMillis;
  private final RequestTable table;
  private final RequestFinisher finisher;
  private long endNanos = NONE;

  WorkerGrace(long graceMillis, RequestTable table, RequestFinisher finisher) {
    this.graceMillis = graceMillis;
    this.table = table;
    this.finisher = finisher;
  }

  /** No worker is connected: whoever comes waits so long, and no longer than who came first. */
  void begin(long now) {
    if (endNanos == NONE) {
      endNanos = now + TimeUnit.MILLISECONDS.toNanos(graceMillis);
    }
  }

  /** A worker is connected. */
  void end() {
    endNanos = NONE;
  }

  /** When patience ends, nanoseconds; the largest long if nobody waits. */
  long endNanos() {
    return endNanos;
  }

  /** Ends every request if patience has ended. */
  void expire(long now) {
    if (now >= endNanos) {
      endNanos = NONE;
      for (Request request : table.all()) {
        finish(request, null, "no worker returned within " + graceMillis + " ms", now);
      }
    }
  }

  /** Ends a request that the connected worker can never serve. */
  void endIfUnservable(
      Request request, @Nullable WorkerSession session, ServingLimits limits, long now) {
    RequestError refusal = limits.refusal(request.spec());
    if (refusal != null) {
      finish(request, session, "another worker took over: " + refusal.message(), now);
    }
  }

  private void finish(Request request, @Nullable WorkerSession session, String message, long now) {
    RequestError error = new RequestError(RequestError.Code.UNAVAILABLE, message, RETRY_MILLIS);
    finisher.finish(request, session, FinishReason.ERROR, error, now);
  }
}
