package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tier that is memory without records and checksums: it copies a run with one memcpy, so that a
 * benchmark sees what the copy engine itself costs.
 */
final class RunCopyStore implements BlockStore {
  private final MemorySegment device;
  private final MemorySegment tier;
  private final long blockBytes;
  private final TierSpec spec;

  /**
   * @param kind what it says it is
   * @param device the device arena, where all blocks lie
   * @param tier the slots, one after the other
   * @param blockBytes size of one
   */
  RunCopyStore(TierKind kind, MemorySegment device, MemorySegment tier, long blockBytes) {
    this.device = device;
    this.tier = tier;
    this.blockBytes = blockBytes;
    int slots = Math.toIntExact(tier.byteSize() / blockBytes);
    spec = new TierSpec(kind, "memory", slots, false, "raw", true, false, 1L << 33, 1L << 33);
  }

  @Override
  public TierSpec spec() {
    return spec;
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    eachRun(batch, true);
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    eachRun(batch, false);
  }

  private void eachRun(List<BlockTransfer> batch, boolean store) {
    int from = 0;
    for (int i = 1; i <= batch.size(); i++) {
      if (i == batch.size() || !follows(batch.get(i - 1), batch.get(i))) {
        copyRun(batch.subList(from, i), store);
        from = i;
      }
    }
  }

  private boolean follows(BlockTransfer before, BlockTransfer after) {
    return after.slot == before.slot + 1
        && after.block.address() == before.block.address() + blockBytes;
  }

  private void copyRun(List<BlockTransfer> run, boolean store) {
    BlockTransfer first = run.getFirst();
    long bytes = run.size() * blockBytes;
    MemorySegment inDevice = device.asSlice(first.block.address() - device.address(), bytes);
    MemorySegment inTier = tier.asSlice(first.slot * blockBytes, bytes);
    if (store) {
      inTier.copyFrom(inDevice);
    } else {
      inDevice.copyFrom(inTier);
    }
    for (BlockTransfer transfer : run) {
      transfer.bytes = blockBytes;
      transfer.outcome = CopyOutcome.DONE;
    }
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {}

  @Override
  public void close() {}
}
