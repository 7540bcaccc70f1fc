package io.kvasir.loadtest.jmh;

import io.kvasir.loadtest.restore.LinkSpeedAt;
import io.kvasir.loadtest.restore.RestoreRun;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does a prompt wait for its first token whose KV a tier holds? The real scheduler, a
 * worker whose steps and link take emulated times, and a clock that runs as the wall's does, so
 * that what the scheduler itself takes counts. Baselines: load all, compute all, and the split that
 * is fixed at admission by the speed that is believed then. On a link that keeps to that speed, one
 * that is slower than believed from the middle on, and one that is faster.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
public class RestoreBenchmark {
  private static final int BLOCKS = 512;
  private static final int PART_BLOCKS = 16;
  private static final long TOKEN_NANOS = 20_000;

  /** As long as computing a block takes. */
  private static final long BELIEVED_NANOS = RestoreRun.BLOCK_TOKENS * TOKEN_NANOS;

  private static final long CHANGE_NANOS = BLOCKS * BELIEVED_NANOS / 4;
  private static final int CHANGE = 8;

  /** How the link behaves. */
  public enum Link {
    /** As it is believed to. */
    STEADY,
    /** An eighth of the speed from the middle on. */
    SLOWS_DOWN,
    /** Eight times the speed from the middle on. */
    SPEEDS_UP;

    long blockNanos(long now) {
      if (this == STEADY || now < CHANGE_NANOS) {
        return BELIEVED_NANOS;
      }
      return this == SLOWS_DOWN ? BELIEVED_NANOS * CHANGE : BELIEVED_NANOS / CHANGE;
    }
  }

  /** The link. */
  @Param private Link link = Link.STEADY;

  private long beginNanos;
  private long epoch;
  private boolean timed;

  /** The time of a run begins. */
  @Setup(Level.Invocation)
  public void begin() {
    timed = false;
    epoch = 0;
  }

  private RestoreRun run() {
    LinkSpeedAt speed = now -> link.blockNanos(now - epoch);
    return new RestoreRun(
        BLOCKS,
        new RestoreRun.Costs(TOKEN_NANOS, BELIEVED_NANOS, speed),
        PART_BLOCKS,
        this::waitUntil);
  }

  private RestoreRun timed(RestoreRun run) {
    epoch = run.now();
    beginNanos = System.nanoTime();
    timed = true;
    return run;
  }

  private void waitUntil(long now) {
    while (timed && System.nanoTime() - beginNanos < now - epoch) {
      LockSupport.parkNanos(beginNanos + now - epoch - System.nanoTime());
    }
  }

  /** The baseline that computes nothing: the cost of computing is not known. */
  @Benchmark
  public RestoreRun.Outcome loadAll() {
    return timed(run()).restore(BLOCKS);
  }

  /** The baseline that loads nothing. */
  @Benchmark
  public RestoreRun.Outcome computeAll() {
    return timed(run().warmUp()).compute(BLOCKS);
  }

  /** The baseline that decides once. */
  @Benchmark
  public long fixedSplit() {
    timed(run());
    long nanos =
        RestoreRun.fixedSplitNanos(
            BLOCKS, new RestoreRun.Costs(TOKEN_NANOS, BELIEVED_NANOS, link::blockNanos));
    waitUntil(nanos);
    return nanos;
  }

  /** What is done: both at once, meeting where they meet. */
  @Benchmark
  public RestoreRun.Outcome adaptive() {
    return timed(run().warmUp()).restore(BLOCKS);
  }
}
