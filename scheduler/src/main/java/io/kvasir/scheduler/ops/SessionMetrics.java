package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.request.SessionOutcome.Place;
import io.kvasir.scheduler.session.SessionStatus;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Metrics of what is done for sessions between their turns, read from the published status when
 * they are scraped.
 */
final class SessionMetrics {
  private final PrometheusRegistry registry;
  private final String modelName;
  private final Supplier<SchedulerStatus> status;

  private SessionMetrics(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    this.registry = registry;
    this.modelName = modelName;
    this.status = status;
  }

  /** Registers all of them. */
  static void register(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    SessionMetrics metrics = new SessionMetrics(registry, modelName, status);
    metrics.registerGauges();
    metrics.registerHints();
    metrics.counter(
        "kvasir:session_revoked_blocks",
        "Protected blocks given up for running requests.",
        SessionStatus::revokedBlocks);
    metrics.counter(
        "kvasir:session_lost_blocks",
        "Protected blocks whose copies were lost.",
        SessionStatus::lostBlocks);
    metrics.counter(
        "kvasir:session_expired",
        "Sessions whose time to live passed.",
        SessionStatus::expiredSessions);
    metrics.counter(
        "kvasir:session_prefetched_blocks",
        "Blocks loaded ahead of an expected turn.",
        SessionStatus::prefetchedBlocks);
    metrics.counter(
        "kvasir:session_prefetch_hit_blocks",
        "Blocks loaded ahead that the turn found in the arena.",
        SessionStatus::prefetchHits);
  }

  private void registerGauges() {
    GaugeWithCallback.builder()
        .name("kvasir:session_count")
        .help("Sessions that hints are kept for.")
        .labelNames(MetricFactory.MODEL_NAME)
        .callback(callback -> callback.call(status.get().sessions().sessions(), modelName))
        .register(registry);
    GaugeWithCallback.builder()
        .name("kvasir:session_protected_blocks")
        .help("Blocks protected for sessions, by tier; arena: the device's own.")
        .labelNames(MetricFactory.MODEL_NAME, "tier")
        .callback(callback -> {
          for (Place place : status.get().sessions().places()) {
            callback.call(place.blocks(), modelName, place.name());
          }
        })
        .register(registry);
  }

  private void registerHints() {
    CounterWithCallback.builder()
        .name("kvasir:session_hints")
        .help("Hints given, by kind and by what became of them.")
        .labelNames(MetricFactory.MODEL_NAME, "hint", "outcome")
        .callback(callback ->
            status
                .get()
                .sessions()
                .hints()
                .forEach((hint, results) ->
                    results.forEach((result, count) ->
                        callback.call((double) count, modelName, name(hint), name(result)))))
        .register(registry);
  }

  private void counter(String name, String help, ToLongFunction<SessionStatus> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MetricFactory.MODEL_NAME)
        .callback(callback ->
            callback.call((double) value.applyAsLong(status.get().sessions()), modelName))
        .register(registry);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
