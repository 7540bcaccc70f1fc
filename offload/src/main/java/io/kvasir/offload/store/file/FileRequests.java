package io.kvasir.offload.store.file;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.os.Errno;
import io.kvasir.offload.store.RecordTransfer;

/**
 * Carries out the requests of a batch and gives each record its outcome. A request that moved less
 * than it should is repeated record by record, so that one bad sector costs one record: FAILED with
 * the system's error, or MISS if the file ends before it. Thread-safe.
 */
final class FileRequests {
  private final String name;
  private final ExtentMap extents;
  private final FileCounters counters;

  FileRequests(String name, ExtentMap extents, FileCounters counters) {
    this.name = name;
    this.extents = extents;
    this.counters = counters;
  }

  void run(IoPool.Queue queue) {
    IoBatch batch = queue.batch();
    queue.io().run(batch);
    counters.requests.add(batch.requests());
    for (int request = 0; request < batch.requests(); request++) {
      boolean whole = batch.result(request) == batch.bytes(request);
      long at = batch.offset(request);
      for (int i = batch.firstTransfer(request); i < batch.firstTransfer(request + 1); i++) {
        RecordTransfer transfer = batch.transfer(i);
        long bytes = batch.transferBytes(i);
        long moved = whole ? bytes : alone(queue, transfer, at, bytes);
        if (batch.write()) {
          finishWrite(transfer, bytes, moved);
        } else {
          finishRead(transfer, bytes, moved);
        }
        at += bytes;
      }
    }
  }

  private static long alone(IoPool.Queue queue, RecordTransfer transfer, long at, long bytes) {
    IoBatch single = queue.single();
    single.reset(queue.batch().write());
    single.add(transfer, at, bytes);
    queue.io().run(single);
    return single.result(0);
  }

  private void finishWrite(RecordTransfer transfer, long bytes, long moved) {
    if (moved == bytes) {
      counters.writtenBytes.add(bytes);
      extents.written(transfer.slot(), (int) transfer.length());
      transfer.done(transfer.length());
      return;
    }
    counters.errors.increment();
    extents.release(transfer.slot());
    transfer.missed(
        CopyOutcome.FAILED,
        name + ": write: " + (moved < 0 ? Errno.text((int) -moved) : moved + " of " + bytes));
  }

  private void finishRead(RecordTransfer transfer, long bytes, long moved) {
    if (moved < 0) {
      counters.errors.increment();
      transfer.missed(CopyOutcome.FAILED, name + ": read: " + Errno.text((int) -moved));
      return;
    }
    counters.readBytes.add(moved);
    int length = extents.length(transfer.slot());
    if (length == 0 || moved < length) {
      counters.truncated.increment();
      transfer.missed(
          CopyOutcome.MISS,
          "%s: slot %d: the file ends %d bytes into its extent of %d"
              .formatted(name, transfer.slot(), moved, bytes));
    } else {
      transfer.done(length);
    }
  }
}
