package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.plan.SwapDecision;
import io.kvasir.scheduler.request.FinishReason;
import io.kvasir.scheduler.request.FinishedEvent;
import io.kvasir.scheduler.request.HitTokens;
import io.kvasir.scheduler.request.RequestSpec;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what the scheduler does, under vLLM's names where vLLM has one. Children are looked up
 * once, so that an event costs a few atomic additions. Scheduler loop only; scraped by any thread.
 */
public final class SchedulerMetrics implements SchedulerEvents {
  /** Most tenants with counters of their own. */
  public static final int MAX_TENANTS = 256;

  private static final double NANOS_PER_SECOND = 1e9;

  private record TenantCounters(
      Map<FinishReason, CounterDataPoint> finished,
      CounterDataPoint promptTokens,
      CounterDataPoint cachedTokens,
      CounterDataPoint generationTokens,
      CounterDataPoint preemptions,
      CounterDataPoint service) {}

  private final Map<FinishReason, CounterDataPoint> finished = new EnumMap<>(FinishReason.class);
  private final DistributionDataPoint timeToFirstToken;
  private final DistributionDataPoint interToken;
  private final DistributionDataPoint e2e;
  private final DistributionDataPoint queue;
  private final DistributionDataPoint resume;
  private final DistributionDataPoint step;
  private final DistributionDataPoint plan;
  private final CounterDataPoint failedSteps;
  private final CounterDataPoint lostWorkers;
  private final Counter hits;
  private final String modelName;
  private final TenantLabels<TenantCounters> tenants;

  /**
   * Metrics in a registry.
   *
   * @param modelName the label {@code model_name}
   */
  public SchedulerMetrics(PrometheusRegistry registry, String modelName) {
    this.modelName = modelName;
    MetricFactory metrics = new MetricFactory(registry, modelName);
    Counter success =
        metrics.counter(
            "vllm:request_success", "Requests that ended, by reason.", "finished_reason");
    for (FinishReason reason : FinishReason.values()) {
      finished.put(reason, success.labelValues(modelName, vllmReason(reason)));
    }
    timeToFirstToken =
        metrics.histogram(
            "vllm:time_to_first_token_seconds",
            "Arrival to first token.",
            Buckets.TIME_TO_FIRST_TOKEN);
    interToken =
        metrics.histogram(
            "vllm:inter_token_latency_seconds", "Between two tokens.", Buckets.INTER_TOKEN);
    e2e = metrics.histogram("vllm:e2e_request_latency_seconds", "Arrival to end.", Buckets.REQUEST);
    queue =
        metrics.histogram(
            "vllm:request_queue_time_seconds", "Arrival to first scheduling.", Buckets.REQUEST);
    resume =
        metrics.histogram(
            "kvasir:resume_wait_seconds",
            "Loss of its blocks to being admitted again.",
            Buckets.REQUEST);
    step = metrics.histogram("kvasir:step_seconds", "Steps on the worker.", Buckets.STEP);
    plan = metrics.histogram("kvasir:plan_seconds", "Planning a step.", Buckets.PLAN);
    failedSteps =
        metrics.counter("kvasir:failed_steps", "Steps that failed.").labelValues(modelName);
    lostWorkers =
        metrics.counter("kvasir:lost_workers", "Workers that were lost.").labelValues(modelName);
    hits =
        metrics.counter(
            "kvasir:prefix_hit_tokens",
            "Prompt tokens found cached, of requests that ended, by where they were.",
            "place");
    tenants = tenants(metrics, modelName);
  }

  private static TenantLabels<TenantCounters> tenants(MetricFactory metrics, String modelName) {
    Counter ended =
        metrics.counter(
            "kvasir:tenant_requests", "Requests that ended.", "tenant", "finished_reason");
    Counter prompt =
        metrics.counter("kvasir:tenant_prompt_tokens", "Prompt tokens scheduled.", "tenant");
    Counter cached =
        metrics.counter("kvasir:tenant_cached_tokens", "Prompt tokens found cached.", "tenant");
    Counter generated =
        metrics.counter("kvasir:tenant_generation_tokens", "Tokens generated.", "tenant");
    Counter preempted =
        metrics.counter("kvasir:tenant_preemptions", "Preemptions of requests.", "tenant");
    Counter service =
        metrics.counter(
            "kvasir:tenant_service_tokens",
            "Service charged, in weighted tokens; nothing for cached and recomputed ones.",
            "tenant");
    return new TenantLabels<>(
        MAX_TENANTS,
        tenant -> {
          Map<FinishReason, CounterDataPoint> byReason = new EnumMap<>(FinishReason.class);
          for (FinishReason reason : FinishReason.values()) {
            String label = reason.name().toLowerCase(Locale.ROOT);
            byReason.put(reason, ended.labelValues(modelName, tenant, label));
          }
          return new TenantCounters(
              byReason,
              prompt.labelValues(modelName, tenant),
              cached.labelValues(modelName, tenant),
              generated.labelValues(modelName, tenant),
              preempted.labelValues(modelName, tenant),
              service.labelValues(modelName, tenant));
        });
  }

  @Override
  public void onAdmitted(RequestSpec spec, int cachedTokens, long queueNanos) {
    queue.observe(queueNanos / NANOS_PER_SECOND);
    TenantCounters tenant = tenants.of(spec.tenantId());
    tenant.promptTokens.inc(spec.promptTokenIds().length);
    tenant.cachedTokens.inc(cachedTokens);
  }

  @Override
  public void onToken(RequestSpec spec, int index, long sinceNanos) {
    (index == 0 ? timeToFirstToken : interToken).observe(sinceNanos / NANOS_PER_SECOND);
    tenants.of(spec.tenantId()).generationTokens.inc();
  }

  @Override
  public void onServed(RequestSpec spec, double service) {
    tenants.of(spec.tenantId()).service.inc(service);
  }

  @Override
  public void onResumed(RequestSpec spec, long waitNanos) {
    resume.observe(waitNanos / NANOS_PER_SECOND);
  }

  @Override
  public void onPreempted(RequestSpec spec, SwapDecision decision) {
    tenants.of(spec.tenantId()).preemptions.inc();
  }

  @Override
  public void onFinished(RequestSpec spec, FinishedEvent event) {
    count(finished, event.reason());
    count(tenants.of(spec.tenantId()).finished, event.reason());
    e2e.observe(event.timing().e2eNanos() / NANOS_PER_SECOND);
    for (HitTokens hit : event.timing().hits()) {
      hits.labelValues(modelName, hit.place()).inc(hit.tokens());
    }
  }

  @Override
  public void onPlanned(int requests, int tokens, long planNanos) {
    plan.observe(planNanos / NANOS_PER_SECOND);
  }

  @Override
  public void onStep(int requests, int tokens, long stepNanos) {
    step.observe(stepNanos / NANOS_PER_SECOND);
  }

  @Override
  public void onStepFailed(String failure) {
    failedSteps.inc();
  }

  @Override
  public void onWorkerLost(String reason) {
    lostWorkers.inc();
  }

  private static void count(Map<FinishReason, CounterDataPoint> counters, FinishReason reason) {
    CounterDataPoint counter = counters.get(reason);
    if (counter != null) {
      counter.inc();
    }
  }

  /** vLLM knows stop, length, abort and error; a missed deadline is an abort to it. */
  private static String vllmReason(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case ABORTED, DEADLINE -> "abort";
      case ERROR -> "error";
    };
  }
}
