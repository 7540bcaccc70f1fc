package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import java.util.List;
import java.util.function.Consumer;

/** A store in which calls that touch one slot go wrong in a chosen way. */
final class BrokenStore implements BlockStore {
  private final BlockStore store;
  private final int slot;
  private final Way way;

  /** How it goes wrong. */
  enum Way {
    /** The block fails. */
    FAILED,
    /** The block is a miss. */
    MISS,
    /** The call throws after all blocks were moved. */
    EXCEPTION,
    /** The call throws an error before any was. */
    ERROR,
    /** The block is left without an outcome. */
    FORGOTTEN
  }

  BrokenStore(BlockStore store, int slot, Way way) {
    this.store = store;
    this.slot = slot;
    this.way = way;
  }

  private void call(List<BlockTransfer> batch, Consumer<List<BlockTransfer>> call) {
    BlockTransfer bad =
        batch.stream().filter(transfer -> transfer.slot == slot).findAny().orElse(null);
    if (bad != null && way == Way.ERROR) {
      throw new AssertionError("broken on purpose");
    }
    call.accept(batch);
    if (bad != null) {
      bad.failure = "broken on purpose";
      bad.outcome =
          switch (way) {
            case FAILED -> CopyOutcome.FAILED;
            case MISS -> CopyOutcome.MISS;
            case FORGOTTEN -> CopyOutcome.CANCELLED;
            case EXCEPTION, ERROR -> throw new IllegalStateException("broken on purpose");
          };
    }
  }

  @Override
  public TierSpec spec() {
    return store.spec();
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    call(batch, store::store);
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    call(batch, store::load);
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {
    store.inventory(tier, found);
  }

  @Override
  public void close() {
    store.close();
    throw new IllegalStateException("broken on purpose");
  }
}
