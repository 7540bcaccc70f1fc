package io.kvasir.offload.store.file;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link FileStore} did since start. Any thread may count and read. */
public final class FileCounters {
  final LongAdder requests = new LongAdder();
  final LongAdder readBytes = new LongAdder();
  final LongAdder writtenBytes = new LongAdder();
  final LongAdder overBudget = new LongAdder();
  final LongAdder full = new LongAdder();
  final LongAdder errors = new LongAdder();
  final LongAdder truncated = new LongAdder();

  FileCounters() {}

  /** Reads and writes handed to the system. */
  public long requests() {
    return requests.sum();
  }

  /** Bytes read, whole pages. */
  public long readBytes() {
    return readBytes.sum();
  }

  /** Bytes written, whole pages. */
  public long writtenBytes() {
    return writtenBytes.sum();
  }

  /** Records not written because the write budget was spent. */
  public long overBudget() {
    return overBudget.sum();
  }

  /** Records not written because no extent was free. */
  public long full() {
    return full.sum();
  }

  /** Records not moved because of an I/O error. */
  public long errors() {
    return errors.sum();
  }

  /** Records that lie behind the file's end. */
  public long truncated() {
    return truncated.sum();
  }
}
