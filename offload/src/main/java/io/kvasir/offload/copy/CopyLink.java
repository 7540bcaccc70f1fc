package io.kvasir.offload.copy;

import io.kvasir.offload.store.BlockStore;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one tier: its queue and its meter. Queue and condition are guarded by the
 * engine's lock.
 */
final class CopyLink {
  private final int tier;
  private final BlockStore store;
  private final LinkDirection direction;
  private final CopyQueue queue;
  private final LinkMeter meter;
  private final Condition work;

  CopyLink(
      int tier,
      BlockStore store,
      LinkDirection direction,
      CopyEngineConfig config,
      @Nullable StagingPool staging,
      Condition work) {
    this.tier = tier;
    this.store = store;
    this.direction = direction;
    this.queue = new CopyQueue(config, staging);
    this.meter = new LinkMeter(store.spec(), tier, direction);
    this.work = work;
  }

  int tier() {
    return tier;
  }

  BlockStore store() {
    return store;
  }

  LinkDirection direction() {
    return direction;
  }

  CopyQueue queue() {
    return queue;
  }

  LinkMeter meter() {
    return meter;
  }

  /** Signalled when something may have become possible. */
  Condition work() {
    return work;
  }

  LinkStats stats() {
    return meter.snapshot(queue.queuedBlocks());
  }

  @Override
  public String toString() {
    return store.spec().name() + "-" + direction.name().toLowerCase(Locale.ROOT);
  }
}
