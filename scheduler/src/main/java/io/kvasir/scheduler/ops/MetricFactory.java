package io.kvasir.scheduler.ops;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.Stream;

/** Makes metrics that all carry the label {@code model_name}, first. */
final class MetricFactory {
  /** The label of every metric. */
  static final String MODEL_NAME = "model_name";

  private final PrometheusRegistry registry;
  private final String modelName;

  MetricFactory(PrometheusRegistry registry, String modelName) {
    this.registry = registry;
    this.modelName = modelName;
  }

  /** A counter; its name ends in {@code _total} on the wire. */
  Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(Stream.concat(Stream.of(MODEL_NAME), Stream.of(labels)).toArray(String[]::new))
        .register(registry);
  }

  DistributionDataPoint histogram(String name, String help, double[] bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames(MODEL_NAME)
        .register(registry)
        .labelValues(modelName);
  }
}
