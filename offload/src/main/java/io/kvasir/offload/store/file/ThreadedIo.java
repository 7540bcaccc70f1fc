package io.kvasir.offload.store.file;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Spreads requests over threads, the caller's among them, that each carry out one at a time. */
final class ThreadedIo implements FileIo {
  /** Threads that {@code helpers} should have for all stores' files together. */
  static final int HELPERS = 8;

  private final int file;
  private final ExecutorService helpers;

  /**
   * @param helpers stays open
   */
  ThreadedIo(int file, ExecutorService helpers) {
    this.file = file;
    this.helpers = helpers;
  }

  @Override
  public String name() {
    return "threads";
  }

  @Override
  public void run(IoBatch batch) {
    AtomicInteger next = new AtomicInteger();
    int helping = Math.min(HELPERS, batch.requests() - 1);
    if (helping <= 0) {
      work(batch, next);
      return;
    }
    CountDownLatch done = new CountDownLatch(helping);
    for (int i = 0; i < helping; i++) {
      helpers.execute(() -> {
        try {
          work(batch, next);
        } finally {
          done.countDown();
        }
      });
    }
    work(batch, next);
    await(done);
  }

  private void work(IoBatch batch, AtomicInteger next) {
    for (int i = next.getAndIncrement(); i < batch.requests(); i = next.getAndIncrement()) {
      batch.carryOut(i, file);
    }
  }

  /** The helpers use the caller's memory: whatever happens, they are waited for. */
  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {}
}
