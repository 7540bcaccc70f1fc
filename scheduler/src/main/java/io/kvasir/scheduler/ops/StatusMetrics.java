package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.SchedulerStatus.BlockCounts;
import io.kvasir.scheduler.loop.SchedulerStatus.Totals;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Metrics that are read from the scheduler's published status when they are scraped, so that they
 * cost the scheduler loop nothing. Names are vLLM's where it has one: routers read the first four.
 */
public final class StatusMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusRegistry registry;
  private final String modelName;
  private final Supplier<SchedulerStatus> status;

  private StatusMetrics(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    this.registry = registry;
    this.modelName = modelName;
    this.status = status;
  }

  /** Registers all of them. */
  public static void register(
      PrometheusRegistry registry,
      String modelName,
      int blockTokens,
      Supplier<SchedulerStatus> status) {
    StatusMetrics metrics = new StatusMetrics(registry, modelName, status);
    metrics.registerGauges();
    metrics.registerCounters();
    metrics.registerBlocks();
    StepTimeMetrics.register(registry, modelName, status);
    TierMetrics.register(registry, modelName, status);
    SessionMetrics.register(registry, modelName, status);
    registry.register(metrics.cacheConfig(blockTokens));
  }

  private void registerGauges() {
    gauge(
        "vllm:num_requests_running",
        "Requests that hold KV blocks.",
        SchedulerStatus::runningRequests);
    gauge(
        "vllm:num_requests_waiting",
        "Requests that hold none, preempted ones included.",
        SchedulerStatus::waitingRequests);
    gauge(
        "vllm:kv_cache_usage_perc",
        "Part of the KV blocks that requests hold, 0 to 1.",
        StatusMetrics::usage);
    gauge("kvasir:healthy", "Whether requests are served, 0 or 1.", s -> s.healthy() ? 1 : 0);
    gauge(
        "kvasir:num_requests_preempted",
        "Waiting requests that ran before.",
        SchedulerStatus::preemptedRequests);
    gauge(
        "kvasir:resume_wait_max_seconds",
        "The longest from the loss of its blocks to being admitted again.",
        status -> status.totals().longestResumeNanos() / NANOS_PER_SECOND);
  }

  private void registerCounters() {
    counter("vllm:num_preemptions", "Preemptions of requests.", Totals::preemptions);
    counter("vllm:prompt_tokens", "Prompt tokens of scheduled requests.", Totals::promptTokens);
    counter("vllm:generation_tokens", "Tokens generated.", Totals::generationTokens);
    counter(
        "vllm:prefix_cache_queries",
        "Prompt tokens looked up in the prefix cache.",
        Totals::prefixQueryTokens);
    counter(
        "vllm:prefix_cache_hits",
        "Prompt tokens found in the prefix cache.",
        Totals::prefixHitTokens);
    counter(
        "kvasir:recomputed_tokens",
        "Tokens computed again after a preemption or a lost worker.",
        Totals::recomputedTokens);
    counter(
        "kvasir:resume_bound_exceeded",
        "Breaches of the bound on resuming preempted requests; always 0.",
        Totals::resumeBoundExceeded);
  }

  private void registerBlocks() {
    GaugeWithCallback.builder()
        .name("kvasir:blocks")
        .help("KV blocks by state.")
        .labelNames(MetricFactory.MODEL_NAME, "state")
        .callback(callback -> {
          BlockCounts blocks = status.get().blocks();
          callback.call(blocks.free(), modelName, "free");
          callback.call(blocks.owned(), modelName, "owned");
          callback.call(blocks.cached(), modelName, "cached");
          callback.call(blocks.inFlight(), modelName, "in_flight");
        })
        .register(registry);
  }

  /** vLLM publishes its cache's shape as labels of a constant. */
  private Collector cacheConfig(int blockTokens) {
    return new Collector() {
      @Override
      public MetricSnapshot collect() {
        Labels labels =
            Labels.of(
                MetricFactory.MODEL_NAME,
                modelName,
                "block_size",
                Integer.toString(blockTokens),
                "num_gpu_blocks",
                Integer.toString(status.get().blocks().total()));
        return InfoSnapshot.builder()
            .name("vllm:cache_config")
            .help("The shape of the KV cache.")
            .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
            .build();
      }
    };
  }

  private void gauge(String name, String help, ToDoubleFunction<SchedulerStatus> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MetricFactory.MODEL_NAME)
        .callback(callback -> callback.call(value.applyAsDouble(status.get()), modelName))
        .register(registry);
  }

  private void counter(String name, String help, ToLongFunction<Totals> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MetricFactory.MODEL_NAME)
        .callback(
            callback -> callback.call((double) value.applyAsLong(status.get().totals()), modelName))
        .register(registry);
  }

  private static double usage(SchedulerStatus status) {
    BlockCounts blocks = status.blocks();
    return blocks.total() == 0 ? 0 : (double) (blocks.owned() + blocks.inFlight()) / blocks.total();
  }
}
