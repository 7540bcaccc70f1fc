package io.kvasir.offload.store.file;

import io.kvasir.offload.os.IoUring;
import java.io.IOException;

/** Hands all requests to the kernel in one system call; a single one needs no queue for it. */
final class UringIo implements FileIo {
  private static final int ENTRIES = 64;

  private final IoUring ring;
  private final int file;

  private UringIo(IoUring ring, int file) {
    this.ring = ring;
    this.file = file;
  }

  /**
   * Opens one.
   *
   * @throws IOException if this kernel has no io_uring, or does not allow it
   */
  static UringIo open(int file) throws IOException {
    return new UringIo(IoUring.open(ENTRIES), file);
  }

  @Override
  public String name() {
    return "io_uring";
  }

  @Override
  public void run(IoBatch batch) {
    if (batch.requests() == 1) {
      batch.carryOut(0, file);
      return;
    }
    for (int from = 0; from < batch.requests(); from += ring.entries()) {
      int to = Math.min(batch.requests(), from + ring.entries());
      for (int i = from; i < to; i++) {
        ring.prepare(
            batch.write(), file, batch.vectors(i), batch.vectorCount(i), batch.offset(i), i);
      }
      ring.run((request, result) -> batch.result((int) request, result));
    }
  }

  @Override
  public void close() {
    ring.close();
  }
}
