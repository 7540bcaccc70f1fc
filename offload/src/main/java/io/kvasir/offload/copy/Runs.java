package io.kvasir.offload.copy;

import io.kvasir.offload.store.BlockTransfer;
import java.util.List;

/** Counts the contiguous pieces of a batch. */
final class Runs {
  private Runs() {}

  /** Pieces that are contiguous in memory and in the tier's slots, of entries from..to-1. */
  static int count(List<BlockTransfer> batch, int from, int to) {
    int runs = 0;
    for (int i = from; i < to; i++) {
      if (i == from || !follows(batch.get(i - 1), batch.get(i))) {
        runs++;
      }
    }
    return runs;
  }

  private static boolean follows(BlockTransfer before, BlockTransfer after) {
    return after.slot == before.slot + 1
        && after.block.address() == before.block.address() + before.block.byteSize();
  }
}
