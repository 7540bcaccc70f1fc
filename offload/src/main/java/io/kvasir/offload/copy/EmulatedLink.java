package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import io.kvasir.offload.store.arena.NanoTimer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store behind a link of stated speed, for studies and tests of tiers that this machine does not
 * have. Each direction carries one call at a time: first every run's fixed cost passes, then the
 * bytes move, in the time the bandwidth allows or the real copy needs, whichever is longer. It
 * cannot make a store faster. The tier says of itself that it is emulated, and the log says how.
 */
public final class EmulatedLink implements BlockStore {
  private static final Logger log = LoggerFactory.getLogger(EmulatedLink.class);

  private final BlockStore store;
  private final TierSpec spec;
  private final Lane write;
  private final Lane read;

  /** One direction; the lock is held while a call is on the link. */
  private record Lane(LinkSpeed speed, NanoTimer clock, ReentrantLock lock) {
    void carry(List<BlockTransfer> batch, Consumer<List<BlockTransfer>> call) {
      lock.lock();
      try {
        int runs = Runs.count(batch, 0, batch.size());
        clock.waitUntil(clock.nanoTime() + runs * speed.runNanos());
        long begin = clock.nanoTime();
        call.accept(batch);
        long bytes = 0;
        for (BlockTransfer transfer : batch) {
          bytes += transfer.outcome == CopyOutcome.DONE ? transfer.bytes : 0;
        }
        clock.waitUntil(begin + speed.nanos(bytes));
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * @param store what holds the blocks; closed with this
   * @param write speed of stores
   * @param read speed of loads
   */
  public EmulatedLink(BlockStore store, LinkSpeed write, LinkSpeed read) {
    this(store, write, read, NanoTimer.SYSTEM);
  }

  /** The same with a time of its own. */
  public EmulatedLink(BlockStore store, LinkSpeed write, LinkSpeed read, NanoTimer clock) {
    this.store = store;
    this.write = new Lane(write, clock, new ReentrantLock());
    this.read = new Lane(read, clock, new ReentrantLock());
    TierSpec real = store.spec();
    spec =
        new TierSpec(
            real.kind(),
            real.name(),
            real.slotCount(),
            real.persistent(),
            real.codec(),
            real.exact(),
            true,
            Math.min(real.readBytesPerSecond(), read.bytesPerSecond()),
            Math.min(real.writeBytesPerSecond(), write.bytesPerSecond()));
    log.info("tier {}: EMULATED link: write {}, read {}", spec.name(), write, read);
  }

  @Override
  public TierSpec spec() {
    return spec;
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    write.carry(batch, store::store);
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    read.carry(batch, store::load);
  }

  @Override
  public void probe(List<BlockTransfer> batch) {
    store.probe(batch);
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {
    store.inventory(tier, found);
  }

  @Override
  public void close() {
    store.close();
  }
}
