package io.kvasir.offload.copy;

import io.kvasir.kvpool.layout.BlockLayout;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.store.BlockTransfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns pieces into store calls, one after the other. Belongs to one copy thread. */
final class StoreCall {
  private static final Logger log = LoggerFactory.getLogger(StoreCall.class);

  private final MemorySegment deviceArena;
  private final BlockLayout layout;
  private final LongSupplier nanoClock;
  private final List<BlockTransfer> free = new ArrayList<>();
  private final List<BlockTransfer> batch = new ArrayList<>();
  private long nanos;

  StoreCall(MemorySegment deviceArena, BlockLayout layout, LongSupplier nanoClock) {
    this.deviceArena = deviceArena;
    this.layout = layout;
    this.nanoClock = nanoClock;
  }

  /** Carries a piece; afterwards every transfer has an outcome that is not CANCELLED. */
  void carry(CopyLink link, Piece piece) {
    prepare(link, piece);
    link.meter().callBegins(piece.blocks());
    long begin = nanoClock.getAsLong();
    String broken = "the store gave no outcome";
    try {
      // The store sees a list of its own, so that the outcomes cannot lose their order.
      List<BlockTransfer> asked = List.copyOf(batch);
      switch (link.direction()) {
        case READ -> link.store().load(asked);
        case WRITE -> link.store().store(asked);
        case ASK -> link.store().probe(asked);
      }
    } catch (RuntimeException | Error e) {
      log.error("tier {}: the store threw; its blocks count as failed", link, e);
      broken = "the store threw " + e;
      batch.forEach(transfer -> transfer.outcome = CopyOutcome.CANCELLED);
    }
    nanos = nanoClock.getAsLong() - begin;
    measure(link, broken);
  }

  private void measure(CopyLink link, String broken) {
    int missed = 0;
    int failed = 0;
    long bytes = 0;
    for (BlockTransfer transfer : batch) {
      switch (transfer.outcome) {
        case DONE -> bytes += transfer.bytes;
        case MISS -> missed++;
        case FAILED -> failed++;
        case CANCELLED -> {
          transfer.outcome = CopyOutcome.FAILED;
          transfer.failure = broken;
          failed++;
        }
      }
    }
    int runs = Runs.count(batch, 0, batch.size());
    link.meter().callEnded(batch.size(), missed, failed, bytes, runs, nanos);
  }

  private void prepare(CopyLink link, Piece piece) {
    batch.clear();
    for (Span span : piece.spans()) {
      for (int index = span.from(); index < span.from() + span.count(); index++) {
        if (batch.size() == free.size()) {
          free.add(new BlockTransfer());
        }
        BlockTransfer transfer = free.get(batch.size());
        aim(transfer, link, span, index);
        batch.add(transfer);
      }
    }
  }

  private void aim(BlockTransfer transfer, CopyLink link, Span span, int index) {
    CopyJob job = span.task().job();
    boolean arrives = link.direction() == LinkDirection.WRITE && span.task().isMove();
    if (link.direction() == LinkDirection.ASK) {
      transfer.block = MemorySegment.NULL;
      transfer.slot = -1;
    } else {
      transfer.block =
          span.chunk() != null
              ? span.chunk().block(index)
              : deviceArena.asSlice(
                  layout.blockOffset(job.blocks()[index]), layout.geometry().blockBytes());
      transfer.slot = arrives ? job.toSlots()[index] : job.slots()[index];
    }
    transfer.hashHi = job.hashHi()[index];
    transfer.hashLo = job.hashLo()[index];
    transfer.tokens = job.tokens()[index];
    transfer.generation = job.generations()[index];
    transfer.saltTag = job.saltTags()[index];
    transfer.bytes = 0;
    transfer.outcome = CopyOutcome.CANCELLED;
    transfer.failure = "";
  }

  /** The transfers of the last piece, in its order. */
  List<BlockTransfer> batch() {
    return batch;
  }

  /** How long the last call took, nanoseconds. */
  long nanos() {
    return nanos;
  }
}
