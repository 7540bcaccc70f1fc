package io.kvasir.scheduler.policy;

import io.kvasir.kvpool.tier.TierKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What KV memory costs a tenant, in the unit of {@link ServiceWeights}: the computation of one
 * prompt token.
 *
 * @param arena a GiB held in the worker's own memory for a second
 * @param tiers a GiB held in a tier of a kind for a second; without an entry: nothing
 * @param swap a GiB moved between the two because a request was preempted or found KV in a tier
 */
public record MemoryWeights(double arena, Map<TierKind, Double> tiers, double swap) {
  /** Memory costs nothing. */
  public static final MemoryWeights NONE = new MemoryWeights(0, Map.of(), 0);

  private static final double MOST = 1e9;

  public MemoryWeights {
    require("arena", arena);
    require("swap", swap);
    EnumMap<TierKind, Double> copy = new EnumMap<>(TierKind.class);
    tiers.forEach((kind, weight) -> copy.put(kind, require(kind.name(), weight)));
    tiers = Map.copyOf(copy);
  }

  /** Whether memory costs nothing. */
  public boolean free() {
    return arena == 0 && swap == 0 && tiers.values().stream().allMatch(weight -> weight == 0);
  }

  /** The weight of a tier's kind. */
  public double of(TierKind kind) {
    return tiers.getOrDefault(kind, 0.0);
  }

  private static double require(String place, double value) {
    if (!(value >= 0 && value <= MOST)) {
      throw new IllegalArgumentException(
          "memory weight %s must be 0 to 1e9, is %s".formatted(place, value));
    }
    return value;
  }
}
