package io.kvasir.scheduler.gateway.grpc;

import static io.kvasir.proto.WireLimits.MAX_DURATION_MILLIS;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.scheduler.gateway.InvalidArgument;
import io.kvasir.scheduler.tenant.EarlyRefusal;
import io.kvasir.scheduler.tenant.PriorityClass;
import io.kvasir.scheduler.tenant.Rate;
import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.scheduler.tenant.TenantUsage;
import io.kvasir.v1.KvQuota;
import io.kvasir.v1.TenantClass;
import io.kvasir.v1.TenantFigures;
import io.kvasir.v1.TenantPromise;
import org.jspecify.annotations.Nullable;

/** Tenants on the wire. */
public final class TenantCodec {
  private static final int MAX_REQUESTS = 1_000_000;
  private static final int MAX_STEP_TOKENS = 1 << 20;

  private TenantCodec() {}

  /** What an operator promises; throws {@link InvalidArgument}. */
  static TenantSpec spec(TenantPromise promise) {
    try {
      return TenantSpec.of(promise.getId())
          .toDraft()
          .weight(promise.hasWeight() ? promise.getWeight() : 1)
          .priorityClass(priorityClass(promise.getClass_()))
          .ttftMillis(promised("ttft_ms", promise.getTtftMs(), MAX_DURATION_MILLIS))
          .tbtMillis(promised("tbt_ms", promise.getTbtMs(), MAX_DURATION_MILLIS))
          .requests(rate(promise.getRequestsPerSecond(), promise.getRequestBurst()))
          .tokens(rate(promise.getTokensPerSecond(), promise.getTokenBurst()))
          .maxConcurrent(
              promised("max_concurrent_requests", promise.getMaxConcurrentRequests(), MAX_REQUESTS))
          .maxQueued(promised("max_queued_requests", promise.getMaxQueuedRequests(), MAX_REQUESTS))
          .deviceKvBytes(promise.getKvQuota().getDeviceBytes())
          .maxStepTokens(promised("max_step_tokens", promise.getMaxStepTokens(), MAX_STEP_TOKENS))
          .tierKvBytes(TierKind.DRAM, promise.getKvQuota().getDramBytes())
          .tierKvBytes(TierKind.CXL, promise.getKvQuota().getCxlBytes())
          .tierKvBytes(TierKind.SSD, promise.getKvQuota().getSsdBytes())
          .tierKvBytes(TierKind.REMOTE, promise.getKvQuota().getRemoteBytes())
          .earlyRefusal(earlyRefusal(promise.getEarlyRefusal()))
          .build();
    } catch (IllegalArgumentException e) {
      throw InvalidArgument.of("promise: %s", e.getMessage());
    }
  }

  private static Rate rate(double perSecond, double burst) {
    return perSecond > 0 && burst == 0 ? Rate.of(perSecond) : new Rate(perSecond, burst);
  }

  private static int promised(String field, int value, int most) {
    return unsigned("promise: " + field, value, most);
  }

  static int unsigned(String field, int value, int most) {
    if (value < 0 || value > most) {
      throw InvalidArgument.of(
          "%s is %s, the limit is %d", field, Integer.toUnsignedString(value), most);
    }
    return value;
  }

  private static PriorityClass priorityClass(TenantClass value) {
    return switch (value) {
      case TENANT_CLASS_LOW -> PriorityClass.LOW;
      case TENANT_CLASS_NORMAL -> PriorityClass.NORMAL;
      case TENANT_CLASS_UNSPECIFIED, TENANT_CLASS_HIGH -> PriorityClass.HIGH;
      case UNRECOGNIZED -> throw InvalidArgument.of("promise: class is not known");
    };
  }

  private static @Nullable EarlyRefusal earlyRefusal(io.kvasir.v1.EarlyRefusal value) {
    return switch (value) {
      case EARLY_REFUSAL_UNSPECIFIED -> null;
      case EARLY_REFUSAL_OFF -> EarlyRefusal.OFF;
      case EARLY_REFUSAL_DEADLINE -> EarlyRefusal.DEADLINE;
      case EARLY_REFUSAL_ON -> EarlyRefusal.ON;
      case UNRECOGNIZED -> throw InvalidArgument.of("promise: early_refusal is not known");
    };
  }

  /** A tenant as of now. */
  static TenantFigures figures(Tenant tenant, long now) {
    TenantSpec spec = tenant.spec();
    TenantUsage.Figures figures = tenant.usage().figures(spec, now);
    return TenantFigures.newBuilder()
        .setPromise(promise(spec))
        .setConfigured(tenant.configured())
        .setQueuedRequests(figures.queuedRequests())
        .setQueuedPromptTokens(figures.queuedPromptTokens())
        .setConcurrentRequests(figures.concurrentRequests())
        .setAcceptedRequests(figures.acceptedRequests())
        .setRefusedRequests(figures.refusedRequests())
        .setRequestsLeft(figures.requestsLeft())
        .setTokensLeft(figures.tokensLeft())
        .build();
  }

  /** What a tenant was promised. */
  public static TenantPromise promise(TenantSpec spec) {
    TenantPromise.Builder promise =
        TenantPromise.newBuilder()
            .setId(spec.id())
            .setWeight(spec.weight())
            .setClass_(
                switch (spec.priorityClass()) {
                  case LOW -> TenantClass.TENANT_CLASS_LOW;
                  case NORMAL -> TenantClass.TENANT_CLASS_NORMAL;
                  case HIGH -> TenantClass.TENANT_CLASS_HIGH;
                })
            .setTtftMs(spec.ttftMillis())
            .setTbtMs(spec.tbtMillis())
            .setRequestsPerSecond(spec.requests().perSecond())
            .setRequestBurst(spec.requests().burst())
            .setTokensPerSecond(spec.tokens().perSecond())
            .setTokenBurst(spec.tokens().burst())
            .setMaxConcurrentRequests(spec.maxConcurrent())
            .setMaxQueuedRequests(spec.maxQueued())
            .setMaxStepTokens(spec.maxStepTokens());
    if (spec.deviceKvBytes() > 0 || !spec.tierKvBytes().isEmpty()) {
      promise.setKvQuota(
          KvQuota.newBuilder()
              .setDeviceBytes(spec.deviceKvBytes())
              .setDramBytes(spec.tierKvBytes().getOrDefault(TierKind.DRAM, 0L))
              .setCxlBytes(spec.tierKvBytes().getOrDefault(TierKind.CXL, 0L))
              .setSsdBytes(spec.tierKvBytes().getOrDefault(TierKind.SSD, 0L))
              .setRemoteBytes(spec.tierKvBytes().getOrDefault(TierKind.REMOTE, 0L)));
    }
    EarlyRefusal own = spec.earlyRefusal();
    if (own != null) {
      promise.setEarlyRefusal(
          switch (own) {
            case OFF -> io.kvasir.v1.EarlyRefusal.EARLY_REFUSAL_OFF;
            case DEADLINE -> io.kvasir.v1.EarlyRefusal.EARLY_REFUSAL_DEADLINE;
            case ON -> io.kvasir.v1.EarlyRefusal.EARLY_REFUSAL_ON;
          });
    }
    return promise.build();
  }
}
