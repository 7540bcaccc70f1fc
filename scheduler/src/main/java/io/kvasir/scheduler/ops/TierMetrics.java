package io.kvasir.scheduler.ops;

import io.kvasir.scheduler.loop.RestoreStatus;
import io.kvasir.scheduler.loop.SchedulerStatus;
import io.kvasir.scheduler.loop.SwapStatus;
import io.kvasir.scheduler.loop.TierStatus;
import io.kvasir.scheduler.plan.TenantBlocks;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Metrics of the tiers, read from the published status when they are scraped. Counts start again
 * when a worker connects.
 */
final class TierMetrics {
  private static final String TIER = "tier";
  private static final String COPY = "copy";

  private final PrometheusRegistry registry;
  private final String modelName;
  private final Supplier<SchedulerStatus> status;

  private TierMetrics(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    this.registry = registry;
    this.modelName = modelName;
    this.status = status;
  }

  /** Registers all of them. */
  static void register(
      PrometheusRegistry registry, String modelName, Supplier<SchedulerStatus> status) {
    TierMetrics metrics = new TierMetrics(registry, modelName, status);
    metrics.registerBlocks();
    metrics.registerCopies();
    metrics.registerDecisions();
    metrics.registerRestores();
  }

  private void registerBlocks() {
    GaugeWithCallback.builder()
        .name("kvasir:tier_blocks")
        .help("Blocks of each tier by state.")
        .labelNames(MetricFactory.MODEL_NAME, TIER, "state")
        .callback(callback -> {
          for (TierStatus tier : status.get().tiers()) {
            int used = tier.resident() + tier.inFlight();
            callback.call(tier.slots() - used, modelName, tier.name(), "free");
            callback.call(tier.resident(), modelName, tier.name(), "resident");
            callback.call(tier.inFlight(), modelName, tier.name(), "in_flight");
          }
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("kvasir:tenant_tier_blocks")
        .help("What tenants with a quota of a tier have there, and may have.")
        .labelNames(MetricFactory.MODEL_NAME, TIER, "tenant", "what")
        .callback(callback -> {
          for (TierStatus tier : status.get().tiers()) {
            for (TenantBlocks tenant : tier.tenants()) {
              callback.call(tenant.blocks(), modelName, tier.name(), tenant.tenant(), "used");
              callback.call(tenant.quotaBlocks(), modelName, tier.name(), tenant.tenant(), "quota");
            }
          }
        })
        .register(registry);
    GaugeWithCallback.builder()
        .name("kvasir:tier_codec_info")
        .help("1; the labels say how each tier stores KV, and whether that loses something.")
        .labelNames(MetricFactory.MODEL_NAME, TIER, "codec", "lossy")
        .callback(callback -> {
          for (TierStatus tier : status.get().tiers()) {
            String lossy = Boolean.toString(tier.lossy());
            callback.call(1, modelName, tier.name(), tier.codec(), lossy);
          }
        })
        .register(registry);
    counter("kvasir:tier_evictions", "Blocks that tiers gave up.", TIER)
        .callback(callback -> {
          for (TierStatus tier : status.get().tiers()) {
            callback.call((double) tier.evictions(), modelName, tier.name());
          }
        })
        .register(registry);
  }

  private void registerCopies() {
    counter("kvasir:copied_blocks", "Blocks of copies by outcome.", TIER, COPY, "outcome")
        .callback(callback ->
            eachCopy((tier, copy, copies) -> {
              callback.call((double) copies.done(), modelName, tier, copy, "done");
              callback.call((double) copies.missed(), modelName, tier, copy, "miss");
              callback.call((double) copies.failed(), modelName, tier, copy, "failed");
              callback.call((double) copies.cancelled(), modelName, tier, copy, "cancelled");
            }))
        .register(registry);
    counter("kvasir:copied_bytes", "Bytes that copies moved.", TIER, COPY)
        .callback(callback ->
            eachCopy((tier, copy, copies) ->
                callback.call((double) copies.bytes(), modelName, tier, copy)))
        .register(registry);
    counter("kvasir:copy_runs", "Contiguous pieces that copies moved.", TIER, COPY)
        .callback(callback ->
            eachCopy((tier, copy, copies) ->
                callback.call((double) copies.runs(), modelName, tier, copy)))
        .register(registry);
    counter("kvasir:copy_busy_seconds", "Time that links were busy with copies.", TIER, COPY)
        .callback(callback ->
            eachCopy((tier, copy, copies) ->
                callback.call(copies.busyNanos() / 1e9, modelName, tier, copy)))
        .register(registry);
  }

  private void registerDecisions() {
    counter("kvasir:preempted_kv", "Preempted requests by what became of their KV.", "decision")
        .callback(callback -> {
          SwapStatus swaps = status.get().swaps();
          swaps
              .victims()
              .forEach(
                  (decision, count) -> callback.call((double) count, modelName, name(decision)));
        })
        .register(registry);
    counter("kvasir:tier_hits", "Admissions that found KV in a tier, by what was done.", "decision")
        .callback(callback -> {
          SwapStatus swaps = status.get().swaps();
          swaps
              .hits()
              .forEach(
                  (decision, count) -> callback.call((double) count, modelName, name(decision)));
        })
        .register(registry);
    counter("kvasir:swap_out_blocks", "Blocks of swapped requests: copied, or kept before.", "how")
        .callback(callback -> {
          SwapStatus swaps = status.get().swaps();
          callback.call((double) swaps.swapOutStored(), modelName, "stored");
          callback.call((double) swaps.swapOutReused(), modelName, "reused");
        })
        .register(registry);
    counter("kvasir:restored_tokens", "Tokens whose KV came from a tier.")
        .callback(
            callback -> callback.call((double) status.get().swaps().restoredTokens(), modelName))
        .register(registry);
  }

  private void registerRestores() {
    counter("kvasir:both_hit_tokens", "Tokens of hits both loaded and computed, by which.", "how")
        .callback(callback -> {
          RestoreStatus restores = status.get().swaps().restores();
          callback.call((double) restores.bothComputedTokens(), modelName, "computed");
          callback.call((double) restores.bothLoadedTokens(), modelName, "loaded");
        })
        .register(registry);
    restores(
        "kvasir:overtaken_blocks",
        "Blocks whose loads were cancelled because computing was there first.",
        RestoreStatus::overtakenBlocks);
    restores(
        "kvasir:restore_prefetched_blocks",
        "Blocks ordered from tiers for requests that were not admitted yet.",
        RestoreStatus::prefetchedBlocks);
    restores(
        "kvasir:restore_prefetch_hits",
        "Of these, blocks that were there when the request was admitted.",
        RestoreStatus::prefetchHits);
    restores(
        "kvasir:cancelled_copies",
        "Copies cancelled because nobody waits for them any more.",
        RestoreStatus::cancelledJobs);
    restores("kvasir:remote_probes", "Questions to the shared server.", RestoreStatus::probes);
    restores(
        "kvasir:remote_probe_blocks",
        "Blocks found on the shared server and known nowhere here.",
        RestoreStatus::probedBlocks);
    restores(
        "kvasir:remote_probe_timeouts",
        "Admissions that waited for the shared server in vain.",
        RestoreStatus::probeTimeouts);
    restores(
        "kvasir:remote_probe_failures",
        "Questions that the shared server was not there to answer.",
        RestoreStatus::probeFailures);
  }

  private void restores(String name, String help, ToLongFunction<RestoreStatus> value) {
    counter(name, help)
        .callback(callback ->
            callback.call((double) value.applyAsLong(status.get().swaps().restores()), modelName))
        .register(registry);
  }

  /** Takes one tier's copies of one kind. */
  private interface CopyVisitor {
    void visit(String tier, String copy, TierStatus.Copies copies);
  }

  private void eachCopy(CopyVisitor visitor) {
    for (TierStatus tier : status.get().tiers()) {
      visitor.visit(tier.name(), "store", tier.stored());
      visitor.visit(tier.name(), "load", tier.loaded());
      visitor.visit(tier.name(), "move", tier.moved());
    }
  }

  private static CounterWithCallback.Builder counter(String name, String help, String... labels) {
    String[] names = new String[labels.length + 1];
    names[0] = MetricFactory.MODEL_NAME;
    System.arraycopy(labels, 0, names, 1, labels.length);
    return CounterWithCallback.builder().name(name).help(help).labelNames(names);
  }

  private static String name(Enum<?> decision) {
    return decision.name().toLowerCase(Locale.ROOT);
  }
}
