package io.kvasir.scheduler.admission;

import io.kvasir.scheduler.request.RefusalReason;
import io.kvasir.scheduler.request.RequestError;
import io.kvasir.scheduler.request.RequestError.Code;
import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.FinishRate;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.TenantUsage;
import io.kvasir.scheduler.tenant.Tenants;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in as far as their tenants may and the queue has room, and refuses on arrival what
 * would come too late. Looks in this order: whether the tenant is served, how many of its requests
 * are in the system and wait, its share of the queue, the backlog, its rates. A refused request is
 * charged nothing.
 *
 * <p>Any thread. One lock, held for some hundred nanoseconds. {@code now} is nanoseconds on one
 * monotonic clock; calls may come a little out of order.
 */
public final class Admission {
  private static final long RETRY_MIN_MILLIS = 1;
  private static final long RETRY_MAX_MILLIS = 86_400_000;

  private final Tenants tenants;
  private final QueueShares queue;
  private final Backlog backlog;
  private final FinishRate finishRate = new FinishRate();

  /**
   * Nobody is in.
   *
   * @param maxQueuedRequests most requests of all tenants that wait
   * @param order how the backlog is served
   */
  public Admission(Tenants tenants, int maxQueuedRequests, BacklogOrder order) {
    this.tenants = tenants;
    this.queue = new QueueShares(maxQueuedRequests);
    this.backlog = new Backlog(order);
  }

  /** Lets a request in, or says why not. */
  public AdmissionResult enter(RequestSpec spec, long now) {
    Tenant tenant = tenants.served(spec.tenantId());
    // One that was forgotten between these two steps is known again when looked up again.
    while (tenant != null && !tenant.usage().hold()) {
      tenant = tenants.served(spec.tenantId());
    }
    if (tenant == null) {
      return new AdmissionResult.Refused(
          new RequestError(
              Code.PERMISSION_DENIED,
              RefusalReason.UNKNOWN_TENANT,
              "tenant_id: tenant %s is not served here".formatted(spec.tenantId()),
              0));
    }
    return enter(tenant, spec, now);
  }

  private synchronized AdmissionResult enter(Tenant tenant, RequestSpec spec, long now) {
    TenantSpec promised = tenant.spec();
    TenantUsage usage = tenant.usage();
    int prompt = spec.promptTokenIds().length;
    long most = (long) prompt + spec.maxTokens();
    RequestError refusal = refusedForRoom(promised, usage);
    if (refusal == null) {
      refusal = refusedAsHopeless(promised, usage, spec, now);
    }
    if (refusal == null) {
      usage.advance(promised, now);
      refusal = refusedForRate(promised, usage, most);
    }
    if (refusal != null) {
      usage.refuse();
      return new AdmissionResult.Refused(refusal);
    }
    queue.take(usage, promised.weight());
    backlog.add(prompt, spec.priority());
    finishRate.began(now);
    double charged = usage.accept(prompt, most, now);
    return new AdmissionResult.Granted(new Pass(tenant, prompt, spec.priority(), charged));
  }

  private @Nullable RequestError refusedForRoom(TenantSpec promised, TenantUsage usage) {
    int concurrent = usage.concurrent();
    if (promised.maxConcurrent() > 0 && concurrent >= promised.maxConcurrent()) {
      return exhausted(
          RefusalReason.CONCURRENCY,
          "tenant %s has %d requests in the system: its max_concurrent_requests is %d"
              .formatted(promised.id(), concurrent, promised.maxConcurrent()),
          usage.retryMillis(1));
    }
    int queued = usage.queued();
    if (promised.maxQueued() > 0 && queued >= promised.maxQueued()) {
      return exhausted(
          RefusalReason.TENANT_QUEUE,
          "%d requests of tenant %s wait: its max_queued_requests is %d"
              .formatted(queued, promised.id(), promised.maxQueued()),
          usage.retryMillis(queued));
    }
    if (queue.mayWait(usage, promised.weight(), tenants.heaviestWeight(), !tenants.several())) {
      return null;
    }
    return exhausted(
        RefusalReason.QUEUE,
        queue.taken() >= queue.places()
            ? "the queue is full: max_queued_requests is " + queue.places()
            : "tenant %s has its share of the queue: %d of %d places, %d are kept for others"
                .formatted(promised.id(), queued, queue.places(), queue.places() - queue.taken()),
        finishRate.retryMillis(queue.taken()));
  }

  private @Nullable RequestError refusedAsHopeless(
      TenantSpec promised, TenantUsage usage, RequestSpec spec, long now) {
    EarlyRefusal mode = tenants.earlyRefusal(promised);
    boolean deadline = mode != EarlyRefusal.OFF && spec.deadlineNanos() != Long.MAX_VALUE;
    boolean ttft = mode == EarlyRefusal.ON && spec.ttftMillis() > 0;
    if (!deadline && !ttft) {
      return null;
    }
    double share = promised.weight() / queue.weightWith(usage, promised.weight());
    double wait = backlog.waitMillis(spec.priority(), usage.queuedTokens(), share);
    double left = (spec.deadlineNanos() - now) / 1e6;
    // What is late already ends as such; no backlog is to blame.
    if (deadline && left > 0 && wait > left) {
      return exhausted(
          RefusalReason.DEADLINE,
          "the deadline in %s ms cannot be met: about %s ms of work is queued before it"
              .formatted(grouped(left), grouped(wait)),
          (long) Math.ceil(wait - left));
    }
    double until = spec.ttftMillis() - (now - spec.arrivalNanos()) / 1e6;
    if (ttft && until > 0 && wait > until) {
      return exhausted(
          RefusalReason.TTFT,
          "ttft_ms %d cannot be met: about %s ms of work is queued before it"
              .formatted(spec.ttftMillis(), grouped(wait)),
          (long) Math.ceil(wait - until));
    }
    return null;
  }

  private static @Nullable RequestError refusedForRate(
      TenantSpec promised, TenantUsage usage, long tokens) {
    long requestWait = usage.requestWaitNanos();
    long tokenWait = usage.tokenWaitNanos(tokens);
    long millis = Math.ceilDiv(Math.max(requestWait, tokenWait), TimeUnit.MILLISECONDS.toNanos(1));
    if (requestWait > 0) {
      return exhausted(
          RefusalReason.REQUEST_RATE,
          "tenant %s sends too many requests: its requests_per_second is %s, its request_burst %s"
              .formatted(
                  promised.id(),
                  plain(promised.requests().perSecond()),
                  plain(promised.requests().burst())),
          millis);
    }
    if (tokenWait > 0) {
      return exhausted(
          RefusalReason.TOKEN_RATE,
          "tenant %s asks for %d tokens more than it may: its tokens_per_second is %s, its"
                  .formatted(promised.id(), tokens, plain(promised.tokens().perSecond()))
              + " token_burst "
              + plain(promised.tokens().burst()),
          millis);
    }
    return null;
  }

  /** A request was scheduled for the first time. */
  public synchronized void scheduled(Pass pass) {
    if (pass.endWait()) {
      stopWaiting(pass);
    }
  }

  /**
   * A request left.
   *
   * @param usedTokens prompt and output that it used; 0 if it was never scheduled
   * @param cachedTokens of the prompt, those that did not have to be computed
   */
  public synchronized void left(Pass pass, int usedTokens, int cachedTokens, long now) {
    if (pass.endWait()) {
      stopWaiting(pass);
    } else {
      backlog.computed(pass.promptTokens(), cachedTokens);
    }
    pass.tenant().usage().end(pass.chargedTokens() - usedTokens, now);
    finishRate.finished(now);
  }

  private void stopWaiting(Pass pass) {
    pass.tenant().usage().dequeue(pass.promptTokens());
    queue.free(pass.tenant().usage());
    backlog.remove(pass.promptTokens(), pass.priority());
  }

  /** Requests that have not been scheduled yet. */
  public synchronized int queuedRequests() {
    return queue.taken();
  }

  /**
   * What the scheduler loop measured, for estimates.
   *
   * @param nanosPerToken to compute one more prompt token; NaN: unknown
   * @param runningTokens prompt tokens of running requests that are not computed yet
   */
  public void measured(double nanosPerToken, long runningTokens) {
    backlog.measured(nanosPerToken, runningTokens);
  }

  private static RequestError exhausted(RefusalReason reason, String message, long retryMillis) {
    return new RequestError(
        Code.RESOURCE_EXHAUSTED,
        reason,
        message,
        Math.clamp(retryMillis, RETRY_MIN_MILLIS, RETRY_MAX_MILLIS));
  }

  private static String grouped(double millis) {
    return String.format(Locale.ROOT, "%,d", Math.round(millis));
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
