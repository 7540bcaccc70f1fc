package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** All metrics of one server, as Prometheus reads them. Safe for use by many threads. */
public final class MetricsPage implements GatewayEvents {
  /** Content type of {@link #scrape}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final String modelName;
  private final SchedulerMetrics schedulerMetrics;
  private final Counter refused;
  private final CounterDataPoint reset;

  /**
   * A registry of its own.
   *
   * @param modelName the label {@code model_name} of every metric
   */
  public MetricsPage(String modelName) {
    this.modelName = modelName;
    this.schedulerMetrics = new SchedulerMetrics(registry, modelName);
    MetricFactory metrics = new MetricFactory(registry, modelName);
    this.refused =
        metrics.counter("kvasir:requests_refused", "Generations refused, by status code.", "code");
    this.reset =
        metrics
            .counter("kvasir:streams_reset", "Streams not read to their end in time.")
            .labelValues(modelName);
  }

  /** Counts what the scheduler does. */
  public SchedulerEvents schedulerEvents() {
    return schedulerMetrics;
  }

  /** Adds what is read from the scheduler's status. Once. */
  public void registerStatus(int blockTokens, Supplier<SchedulerStatus> status) {
    StatusMetrics.register(registry, modelName, blockTokens, status);
  }

  @Override
  public void onRefused(String code) {
    refused.labelValues(modelName, code).inc();
  }

  @Override
  public void onStreamReset() {
    reset.inc();
  }

  /** The text format, version 0.0.4. */
  public String scrape() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 << 10);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
