package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_DURATION_MILLIS;
import static io.kvasir.proto.WireLimits.MAX_ID_BYTES;
import static io.kvasir.proto.WireLimits.MAX_PRIORITY;
import static io.kvasir.proto.WireLimits.MAX_TOP_CANDIDATES;

import io.kvasir.scheduler.request.RequestSpec;
import io.kvasir.scheduler.request.SessionHints;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.Tenants;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.StopConditions;
import io.kvasir.worker.sample.SamplingParams;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Turns what a client sent into what the scheduler takes, or refuses it with the field, the value
 * and the limit. Tokenizes; everything cheap is checked before that. What its tenant was promised
 * is part of what the scheduler takes: targets are the tighter of both, the priority is at most
 * what the tenant's class allows. Safe for use by many threads if its suppliers are.
 */
public final class RequestValidator {
  /** The tenant of requests that name none. */
  public static final String DEFAULT_TENANT = "default";

  /**
   * A request that may be submitted.
   *
   * @param spec the request
   * @param stopPatterns its stop strings
   */
  public record Validated(RequestSpec spec, StopPatterns stopPatterns) {}

  private final ServedModel model;
  private final PromptReader prompts;
  private final Supplier<String> requestIds;
  private final LongSupplier seeds;
  private final Tenants tenants;

  /**
   * A validator for one model.
   *
   * @param requestIds names requests whose caller did not
   * @param seeds draws seeds for requests whose caller gave none
   * @param tenants what each was promised
   */
  public RequestValidator(
      ServedModel model, Supplier<String> requestIds, LongSupplier seeds, Tenants tenants) {
    this.model = model;
    this.prompts = new PromptReader(model);
    this.requestIds = requestIds;
    this.seeds = seeds;
    this.tenants = tenants;
  }

  /**
   * Validates one request.
   *
   * @param arrivalNanos when it arrived, on the server's monotonic clock
   * @param callDeadlineNanos the call's own deadline on the same clock; {@link Long#MAX_VALUE}:
   *     none
   * @throws InvalidArgument if it can never be served
   */
  public Validated validate(GenerateRequest request, long arrivalNanos, long callDeadlineNanos) {
    String requestId = requestId(request.getRequestId());
    String tenantId = tenant(request.getTenantId());
    String sessionId = Limits.id("session_id", request.getSessionId());
    SessionHints hints = request.hasHints() ? SessionReader.hints(request) : null;
    String cacheSalt = Limits.bytes("cache_salt", request.getCacheSalt(), MAX_ID_BYTES);
    int priority = request.getPriority();
    if (priority < -MAX_PRIORITY || priority > MAX_PRIORITY) {
      throw InvalidArgument.of(
          "priority is %d; it must be from %d to %d", priority, -MAX_PRIORITY, MAX_PRIORITY);
    }
    int deadlineMillis =
        Limits.unsigned("deadline_ms", request.getDeadlineMs(), MAX_DURATION_MILLIS);
    int ttftMillis =
        Limits.unsigned("slo.ttft_ms", request.getSlo().getTtftMs(), MAX_DURATION_MILLIS);
    int tbtMillis = Limits.unsigned("slo.tbt_ms", request.getSlo().getTbtMs(), MAX_DURATION_MILLIS);
    int topCandidates =
        Limits.unsigned("top_candidates", request.getTopCandidates(), MAX_TOP_CANDIDATES);
    SamplingParams sampling =
        SamplingReader.read(request.getSampling(), model.vocabularySize(), seeds);
    StopConditions stop = request.getStop();
    StopPatterns stopPatterns = StopReader.patterns(stop);
    int[] stopTokenIds = StopReader.tokenIds(stop, model);
    // A request that asks for 0 tokens is refused before its prompt is tokenized.
    int wanted = StopReader.maxTokens(stop, model.contextLength());
    int[] prompt = prompts.read(request);
    int room = model.contextLength() - prompt.length;
    if (room < 1) {
      throw InvalidArgument.of(
          "prompt has %d tokens, the context is %d and must hold at least one more",
          prompt.length, model.contextLength());
    }
    TenantSpec promised = tenants.promised(tenantId);
    return new Validated(
        RequestSpec.draft(
                requestId.isEmpty() ? requestIds.get() : requestId,
                tenantId,
                prompt,
                Math.min(wanted, room))
            .session(sessionId, hints)
            .priority(promised.priorityClass().cap(priority))
            .cacheSalt(cacheSalt)
            .allowLossyKv(request.getAllowLossyKv())
            .sampling(sampling)
            .topCandidates(topCandidates)
            .stopTokenIds(stopTokenIds)
            .targets(
                tenants.ttftMillis(promised, ttftMillis), tenants.tbtMillis(promised, tbtMillis))
            .arrivalNanos(arrivalNanos)
            .deadlineNanos(deadline(arrivalNanos, deadlineMillis, callDeadlineNanos))
            .build(),
        stopPatterns);
  }

  /** A request id as a caller may choose it; possibly empty. */
  public static String requestId(String requestId) {
    return Limits.id("request_id", requestId);
  }

  /** A tenant id, with the default filled in. */
  public static String tenant(String tenantId) {
    String checked = Limits.id("tenant_id", tenantId);
    return checked.isEmpty() ? DEFAULT_TENANT : checked;
  }

  private static long deadline(long arrivalNanos, int deadlineMillis, long callDeadlineNanos) {
    if (deadlineMillis == 0) {
      return callDeadlineNanos;
    }
    return Math.min(callDeadlineNanos, arrivalNanos + deadlineMillis * 1_000_000L);
  }
}
