package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestSpec;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Decides at once, on the caller's thread, whether a request is taken: it knows which ids are in
 * the system, how many requests have not been scheduled yet, and what the worker can serve.
 * Everything behind it is thereby bounded. Safe for use by many threads; {@link RequestObserver} is
 * called by the scheduler loop.
 */
final class AdmissionGate implements RequestObserver {
  private static final long NO_WORKER_RETRY_MILLIS = 1_000;

  /** A request in the system. */
  static final class Ticket {
    private final String tenantId;
    private final AtomicBoolean abortClaimed = new AtomicBoolean();

    private Ticket(String tenantId) {
      this.tenantId = tenantId;
    }

    /** True for the first who wants the request aborted: it passes the wish on. */
    boolean claimAbort() {
      return abortClaimed.compareAndSet(false, true);
    }
  }

  private final int maxQueuedRequests;
  private final ConcurrentHashMap<String, Ticket> tickets = new ConcurrentHashMap<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final FinishRate finishRate = new FinishRate();
  private volatile @Nullable ServingLimits limits;
  private volatile @Nullable RequestError closed;

  AdmissionGate(int maxQueuedRequests) {
    this.maxQueuedRequests = maxQueuedRequests;
  }

  /** A worker with these limits is connected; null: none is. */
  void serve(@Nullable ServingLimits limits) {
    this.limits = limits;
  }

  /** Refuses everything from now on. */
  void close(RequestError reason) {
    closed = reason;
  }

  /** Whether no request is in the system or on its way into it. */
  boolean isEmpty() {
    return tickets.isEmpty();
  }

  /** Requests that have not been scheduled yet. */
  int queuedRequests() {
    return queued.get();
  }

  /**
   * Lets a request in. Who is let in must submit it.
   *
   * @return why not; null: it is in
   */
  @Nullable RequestError enter(RequestSpec spec) {
    RequestError refusal = refusalBeforeEntry(spec);
    if (refusal != null) {
      return refusal;
    }
    Ticket ticket = new Ticket(spec.tenantId());
    if (tickets.putIfAbsent(spec.requestId(), ticket) != null) {
      return new RequestError(Code.ALREADY_EXISTS, "request id is in use: " + spec.requestId(), 0);
    }
    // The ticket comes first: whoever closes the gate either is seen here or sees the ticket.
    refusal = closed;
    int waiting = queued.incrementAndGet();
    if (refusal == null && waiting > maxQueuedRequests) {
      refusal =
          new RequestError(
              Code.RESOURCE_EXHAUSTED,
              "the queue is full: max_queued_requests is " + maxQueuedRequests,
              finishRate.retryMillis(waiting));
    }
    if (refusal != null) {
      queued.decrementAndGet();
      tickets.remove(spec.requestId());
    }
    return refusal;
  }

  private @Nullable RequestError refusalBeforeEntry(RequestSpec spec) {
    RequestError reason = closed;
    if (reason != null) {
      return reason;
    }
    ServingLimits known = limits;
    return known == null
        ? new RequestError(Code.UNAVAILABLE, "no worker is connected", NO_WORKER_RETRY_MILLIS)
        : known.refusal(spec);
  }

  /** A tenant's request, if it is in the system. */
  @Nullable Ticket find(String requestId, String tenantId) {
    Ticket ticket = tickets.get(requestId);
    return ticket != null && ticket.tenantId.equals(tenantId) ? ticket : null;
  }

  /** Whether this ticket's request is still in the system; its id may be another's by now. */
  boolean holds(String requestId, Ticket ticket) {
    return tickets.get(requestId) == ticket;
  }

  /** Whether somebody wants a request aborted. */
  boolean abortWanted(String requestId) {
    Ticket ticket = tickets.get(requestId);
    return ticket != null && ticket.abortClaimed.get();
  }

  @Override
  public void onFirstScheduled(Request request) {
    queued.decrementAndGet();
  }

  @Override
  public void onLeft(Request request, long now) {
    if (request.admissions() == 0) {
      queued.decrementAndGet();
    }
    tickets.remove(request.spec().requestId());
    finishRate.finished(now);
  }
}
