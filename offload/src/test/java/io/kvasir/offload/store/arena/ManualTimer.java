package io.kvasir.offload.store.arena;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that passes only when somebody waits. It wraps soon after the start, as the machine's may.
 */
public final class ManualTimer implements NanoTimer {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public void waitUntil(long nanoTime) {
    now.updateAndGet(time -> nanoTime - time > 0 ? nanoTime : time);
  }

  /** Lets time pass. */
  public void pass(long nanos) {
    now.addAndGet(nanos);
  }
}
