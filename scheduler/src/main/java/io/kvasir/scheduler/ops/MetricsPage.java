package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerEvents;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.request.RefusalReason;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;

/** All metrics of one server, as Prometheus reads them. Safe for use by many threads. */
public final class MetricsPage implements GatewayEvents {
  /** Content type of {@link #scrape}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /* The label of what was refused before its tenant was looked at. */
  private static final String NO_TENANT = "_none";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final String modelName;
  private final SchedulerMetrics schedulerMetrics;
  private final Counter refused;
  private final TenantLabels<String> refusedTenants;
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
        metrics.counter(
            "kvasir:requests_refused", "Generations refused, by reason.", "reason", "tenant");
    this.refusedTenants = new TenantLabels<>(SchedulerMetrics.MAX_TENANTS, tenant -> tenant);
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
  public synchronized void onRefused(RefusalReason reason, String tenantId) {
    String tenant = tenantId.isEmpty() ? NO_TENANT : refusedTenants.of(tenantId);
    refused.labelValues(modelName, reason.name().toLowerCase(Locale.ROOT), tenant).inc();
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
