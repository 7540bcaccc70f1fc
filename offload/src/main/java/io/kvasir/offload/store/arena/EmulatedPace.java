package io.kvasir.offload.store.arena;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The pace of a device with a stated bandwidth and latency. Each direction is a token bucket that
 * holds nothing in store: bytes queue behind those before them, so that no burst is faster than the
 * device and all threads together get no more than its bandwidth. An operation is over when its
 * last byte has passed and the latency after it; the time that the machine spent on copying the
 * bytes is a part of that, not added to it.
 *
 * <p>Any thread may call.
 */
public final class EmulatedPace implements Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double readNanosPerByte;
  private final double writeNanosPerByte;
  private final long latencyNanos;
  private final NanoTimer timer;
  private final AtomicLong readsEnd;
  private final AtomicLong writesEnd;

  /**
   * A device at rest.
   *
   * @param readBytesPerSecond at least 1
   * @param writeBytesPerSecond at least 1
   * @param latencyNanos of each operation, at least 0
   */
  public EmulatedPace(
      long readBytesPerSecond, long writeBytesPerSecond, long latencyNanos, NanoTimer timer) {
    if (readBytesPerSecond < 1 || writeBytesPerSecond < 1 || latencyNanos < 0) {
      throw new IllegalArgumentException(
          "an emulated device needs bandwidths of at least 1 byte/s and a latency of at least 0,"
              + " given are %d, %d and %d"
                  .formatted(readBytesPerSecond, writeBytesPerSecond, latencyNanos));
    }
    readNanosPerByte = NANOS_PER_SECOND / readBytesPerSecond;
    writeNanosPerByte = NANOS_PER_SECOND / writeBytesPerSecond;
    this.latencyNanos = latencyNanos;
    this.timer = timer;
    readsEnd = new AtomicLong(timer.nanoTime());
    writesEnd = new AtomicLong(timer.nanoTime());
  }

  @Override
  public long begin() {
    return timer.nanoTime();
  }

  @Override
  public void endWrite(long begin, long bytes) {
    pass(writesEnd, begin, Math.round(bytes * writeNanosPerByte));
  }

  @Override
  public void endRead(long begin, long bytes) {
    pass(readsEnd, begin, Math.round(bytes * readNanosPerByte));
  }

  private void pass(AtomicLong busyUntil, long begin, long nanos) {
    // Clocks of this kind may be negative: differences count.
    long end = busyUntil.updateAndGet(busy -> (busy - begin > 0 ? busy : begin) + nanos);
    timer.waitUntil(end + latencyNanos);
  }
}
