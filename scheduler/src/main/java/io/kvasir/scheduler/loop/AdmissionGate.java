package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.admission.Admission;
import io.kvasir.scheduler.admission.AdmissionResult;
import io.kvasir.scheduler.admission.BacklogOrder;
import io.kvasir.scheduler.admission.Pass;
import io.kvasir.scheduler.policy.PolicyKind;
import io.kvasir.scheduler.request.Request;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.Tenants;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Decides at once, on the caller's thread, whether a request is taken: it knows which ids are in
 * the system and what the worker can serve, and asks {@link Admission} what its tenant may and the
 * queue has room for. Everything behind it is thereby bounded. Safe for use by many threads; {@link
 * RequestObserver} is called by the scheduler loop.
 */
final class AdmissionGate implements RequestObserver {
  private static final long NO_WORKER_RETRY_MILLIS = 1_000;

  /** A request in the system. */
  static final class Ticket {
    private final String tenantId;
    private final AtomicBoolean abortClaimed = new AtomicBoolean();

    /* Set before the request is handed to the scheduler loop. */
    private volatile @Nullable Pass pass;

    private Ticket(String tenantId) {
      this.tenantId = tenantId;
    }

    /** True for the first who wants the request aborted: it passes the wish on. */
    boolean claimAbort() {
      return abortClaimed.compareAndSet(false, true);
    }
  }

  private final Admission admission;
  private final ConcurrentHashMap<String, Ticket> tickets = new ConcurrentHashMap<>();
  private volatile @Nullable ServingLimits limits;
  private volatile @Nullable RequestError closed;

  AdmissionGate(SchedulerConfig config, Tenants tenants) {
    admission = new Admission(tenants, config.maxQueuedRequests(), order(config.policy()));
  }

  /* What no order by arrival or priority serves is estimated by shares. */
  private static BacklogOrder order(PolicyKind policy) {
    if (policy == PolicyKind.FCFS) {
      return BacklogOrder.ARRIVAL;
    }
    return policy == PolicyKind.PRIORITY ? BacklogOrder.PRIORITY : BacklogOrder.SHARES;
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
    return admission.queuedRequests();
  }

  /** What the scheduler loop measured; see {@link Admission#measured}. */
  void measured(double nanosPerToken, long runningTokens) {
    admission.measured(nanosPerToken, runningTokens);
  }

  /**
   * Lets a request in. Who is let in must submit it.
   *
   * @param now on the clock of {@link RequestSpec#arrivalNanos}
   * @return why not; null: it is in
   */
  @Nullable RequestError enter(RequestSpec spec, long now) {
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
    if (refusal == null) {
      switch (admission.enter(spec, now)) {
        case AdmissionResult.Granted granted -> ticket.pass = granted.pass();
        case AdmissionResult.Refused refused -> refusal = refused.error();
      }
    }
    if (refusal != null) {
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

  /** The tenant that a request in the system was let in as; maybe one that many share. */
  Tenant tenant(String requestId) {
    Ticket ticket = Objects.requireNonNull(tickets.get(requestId));
    return Objects.requireNonNull(ticket.pass).tenant();
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
    Ticket ticket = tickets.get(request.spec().requestId());
    Pass pass = ticket == null ? null : ticket.pass;
    if (pass != null) {
      admission.scheduled(pass);
    }
  }

  @Override
  public void onLeft(Request request, long now) {
    Ticket ticket = tickets.remove(request.spec().requestId());
    Pass pass = ticket == null ? null : ticket.pass;
    if (pass != null) {
      int used = request.admissions() == 0 ? 0 : request.tokenCount();
      admission.left(pass, used, request.cachedTokens(), now);
    }
  }
}
