package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.StepTimeStatus;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What was learned of how long steps take, and how wrong it is, read from the published status when
 * it is scraped. What nobody measured has no sample.
 */
final class StepTimeMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusRegistry registry;
  private final String modelName;
  private final Supplier<SchedulerStatus> status;

  private StepTimeMetrics(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    this.registry = registry;
    this.modelName = modelName;
    this.status = status;
  }

  /** Registers all of them. */
  static void register(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    StepTimeMetrics metrics = new StepTimeMetrics(registry, modelName, status);
    metrics.gauge(
        "kvasir:step_time_error_ratio",
        "Mean of |predicted - measured| / measured over about the last 20 steps.",
        StepTimeStatus::errorRatio);
    metrics.seconds(
        "kvasir:step_time_fixed_seconds",
        "Learned time of a step whatever it computes.",
        StepTimeStatus::fixedNanos);
    metrics.seconds(
        "kvasir:step_time_per_token_seconds",
        "Learned time of one more token without context.",
        StepTimeStatus::nanosPerToken);
    metrics.seconds(
        "kvasir:step_time_per_context_seconds",
        "Learned time of one more pair of a token and one before it.",
        StepTimeStatus::nanosPerContext);
  }

  private void seconds(String name, String help, ToDoubleFunction<StepTimeStatus> nanos) {
    gauge(
        name,
        help,
        times ->
            times.measuredSteps() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(nanos.applyAsDouble(times) / NANOS_PER_SECOND));
  }

  private void gauge(String name, String help, Function<StepTimeStatus, OptionalDouble> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MetricFactory.MODEL_NAME)
        .callback(callback ->
            value.apply(status.get().stepTimes()).ifPresent(v -> callback.call(v, modelName)))
        .register(registry);
  }
}
