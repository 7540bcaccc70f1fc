package io.kvasir.offload.copy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.BlockTransfer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A tier in a map, which checks what it is asked for and remembers the slots of every call. */
final class HeapStore implements BlockStore {
  private final TierSpec spec;
  private final Map<Integer, Held> held = new TreeMap<>();
  private final List<List<Integer>> calls = new ArrayList<>();
  private boolean closed;

  private record Held(long hashHi, long hashLo, int tokens, int generation, int tag, byte[] bytes) {
    boolean is(BlockTransfer asked) {
      return hashHi == asked.hashHi
          && hashLo == asked.hashLo
          && generation == asked.generation
          && tokens == asked.tokens;
    }
  }

  HeapStore(String name, int slots) {
    spec = new TierSpec(TierKind.DRAM, name, slots, false, "raw", true, false, 1000, 500);
  }

  HeapStore(TierKind kind, int slots, long speed) {
    spec = new TierSpec(kind, kind + "", slots, false, "raw", true, false, speed, speed);
  }

  @Override
  public TierSpec spec() {
    return spec;
  }

  @Override
  public synchronized void store(List<BlockTransfer> batch) {
    calls.add(batch.stream().map(transfer -> transfer.slot).toList());
    for (BlockTransfer transfer : batch) {
      byte[] bytes = transfer.block.toArray(ValueLayout.JAVA_BYTE);
      held.put(
          transfer.slot,
          new Held(
              transfer.hashHi,
              transfer.hashLo,
              transfer.tokens,
              transfer.generation,
              transfer.saltTag,
              bytes));
      transfer.bytes = bytes.length;
      transfer.outcome = CopyOutcome.DONE;
    }
  }

  @Override
  public synchronized void load(List<BlockTransfer> batch) {
    calls.add(batch.stream().map(transfer -> transfer.slot).toList());
    for (BlockTransfer transfer : batch) {
      Held found = held.get(transfer.slot);
      if (found == null || !found.is(transfer)) {
        transfer.outcome = CopyOutcome.MISS;
        transfer.failure = "slot " + transfer.slot + " holds another block";
      } else {
        transfer.block.copyFrom(MemorySegment.ofArray(found.bytes));
        transfer.bytes = found.bytes.length;
        transfer.outcome = CopyOutcome.DONE;
      }
    }
  }

  @Override
  public synchronized void inventory(int tier, Consumer<StoredBlock> found) {
    held.forEach((slot, block) ->
        found.accept(
            new StoredBlock(
                tier,
                slot,
                block.hashHi,
                block.hashLo,
                block.tokens,
                block.generation,
                block.tag,
                0)));
  }

  /** The slots of every call so far. */
  synchronized List<List<Integer>> calls() {
    return List.copyOf(calls);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
