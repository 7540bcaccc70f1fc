package io.kvasir.loadtest.sim.link;

import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;

/**
 * A tier in a simulation: slots behind a link. No bytes are kept.
 *
 * @param kind what it is
 * @param name unique among the tiers
 * @param slots blocks it holds, at least 1
 * @param link how they get there
 */
public record SimTier(TierKind kind, String name, int slots, LinkProfile link) {

  /** What the scheduler is told of it. */
  public TierSpec spec() {
    boolean persistent = kind == TierKind.SSD || kind == TierKind.REMOTE;
    return new TierSpec(
        kind,
        name,
        slots,
        persistent,
        "raw",
        true,
        true,
        (long) link.readBytesPerSecond(),
        (long) link.writeBytesPerSecond());
  }
}
