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
   * @param device the device arena, where all blocks lie
   * @param tier the slots, one after the other
   * @param blockBytes size of one
   */
  RunCopyStore(MemorySegment device, MemorySegment tier, long blockBytes) {
    this.device = device;
    this.tier = tier;
    this.blockBytes = blockBytes;
    int slots = Math.toIntExact(tier.byteSize() / blockBytes);
    spec =
        new TierSpec(TierKind.DRAM, "memory", slots, false, "raw", true, false, 1L << 33, 1L << 33);
  }

  @Override
  public TierSpec spec() {
    return spec;
  }

  @Override
  public void store(List<BlockTransfer> batch) {
    int from = 0;
    for (int i = 1; i <= batch.size(); i++) {
      if (i == batch.size() || !follows(batch.get(i - 1), batch.get(i))) {
        storeRun(batch.subList(from, i));
        from = i;
      }
    }
  }

  private boolean follows(BlockTransfer before, BlockTransfer after) {
    return after.slot == before.slot + 1
        && after.block.address() == before.block.address() + blockBytes;
  }

  private void storeRun(List<BlockTransfer> run) {
    BlockTransfer first = run.getFirst();
    long bytes = run.size() * blockBytes;
    long offset = first.block.address() - device.address();
    MemorySegment.copy(device, offset, tier, first.slot * blockBytes, bytes);
    for (BlockTransfer transfer : run) {
      transfer.bytes = blockBytes;
      transfer.outcome = CopyOutcome.DONE;
    }
  }

  @Override
  public void load(List<BlockTransfer> batch) {
    throw new UnsupportedOperationException("the benchmark only stores");
  }

  @Override
  public void inventory(int tier, Consumer<StoredBlock> found) {}

  @Override
  public void close() {}
}
