package io.kvasir.offload.store.file;

import java.util.concurrent.CompletableFuture;
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
    CompletableFuture<?>[] helped = new CompletableFuture<?>[helping];
    for (int i = 0; i < helping; i++) {
      helped[i] = CompletableFuture.runAsync(() -> work(batch, next), helpers);
    }
    try {
      work(batch, next);
    } finally {
      // They use the caller's memory: whatever happens, an interrupt too, they are waited for.
      CompletableFuture.allOf(helped).join();
    }
  }

  private void work(IoBatch batch, AtomicInteger next) {
    for (int i = next.getAndIncrement(); i < batch.requests(); i = next.getAndIncrement()) {
      batch.carryOut(i, file);
    }
  }

  @Override
  public void close() {}
}
