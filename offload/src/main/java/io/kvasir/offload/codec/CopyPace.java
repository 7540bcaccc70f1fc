package io.kvasir.offload.codec;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets steps go before copies where both need the same processors. While a step is under way, a
 * thread that encodes or decodes blocks does so for a stated share of the time and rests for the
 * remainder, in turns so short that a step of a millisecond sees several; while none is, it does
 * not rest. The checksum of a record, a third of the work where nothing is compressed, is not
 * counted, and neither is what a device does by itself.
 *
 * <p>Resting makes a copy longer, and whoever measures copies sees that: what is planned with is
 * the speed that is left beside steps.
 *
 * <p>Any thread may call.
 */
public final class CopyPace {
  /* A parked thread wakes up some 50 µs late, so shorter turns would make longer rests. */
  private static final long TURN_NANOS = 50_000;

  private final int sharePercent;
  private final LongSupplier nanoClock;
  private final LongConsumer rest;
  private volatile boolean stepping;

  /**
   * A pace, while no step is under way.
   *
   * @param sharePercent of the time in which a copy thread works beside a step, 1 to 100; 100 is
   *     without a rest
   */
  public CopyPace(int sharePercent) {
    this(sharePercent, System::nanoTime, LockSupport::parkNanos);
  }

  CopyPace(int sharePercent, LongSupplier nanoClock, LongConsumer rest) {
    if (sharePercent < 1 || sharePercent > 100) {
      throw new IllegalArgumentException(
          "the copies' share must be 1 to 100 percent, is " + sharePercent);
    }
    this.sharePercent = sharePercent;
    this.nanoClock = nanoClock;
    this.rest = rest;
  }

  /** A step begins, or has ended. */
  public void stepping(boolean underWay) {
    stepping = underWay;
  }

  /** Codecs that keep this pace; each instance is one thread's. */
  public Supplier<BlockCodec> keptBy(Supplier<BlockCodec> codecs) {
    return sharePercent == 100 ? codecs : () -> new Paced(codecs.get());
  }

  private final class Paced implements BlockCodec {
    private final BlockCodec codec;
    private long workedNanos;

    Paced(BlockCodec codec) {
      this.codec = codec;
    }

    @Override
    public String name() {
      return codec.name();
    }

    @Override
    public int id() {
      return codec.id();
    }

    @Override
    public boolean exact() {
      return codec.exact();
    }

    @Override
    public int maxEncodedBytes() {
      return codec.maxEncodedBytes();
    }

    @Override
    public int encode(MemorySegment block, int tokens, MemorySegment out) {
      long begin = nanoClock.getAsLong();
      int length = codec.encode(block, tokens, out);
      worked(nanoClock.getAsLong() - begin);
      return length;
    }

    @Override
    public void decode(MemorySegment in, int tokens, MemorySegment block) {
      long begin = nanoClock.getAsLong();
      codec.decode(in, tokens, block);
      worked(nanoClock.getAsLong() - begin);
    }

    private void worked(long nanos) {
      if (!stepping) {
        workedNanos = 0;
        return;
      }
      workedNanos += nanos;
      if (workedNanos >= TURN_NANOS) {
        rest.accept(workedNanos * (100 - sharePercent) / sharePercent);
        workedNanos = 0;
      }
    }
  }
}
