package io.kvasir.loadtest.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does one thread take to copy 64 MiB of native memory, by the size of the pieces? This is
 * the machine's own limit: the baseline that every copy between two DRAM tiers compares with.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class MemoryCopyBenchmark {
  private static final long TOTAL_BYTES = 64L << 20;

  /** The size of one copy in bytes: from one small block to the whole at once. */
  @Param({"65536", "2097152", "67108864"})
  public long pieceBytes;

  private Arena arena;
  private MemorySegment source;
  private MemorySegment destination;

  /** Allocates both areas and touches every byte of them. */
  @Setup(Level.Trial)
  public void allocate() {
    arena = Arena.ofConfined();
    source = arena.allocate(TOTAL_BYTES, 4096).fill((byte) 1);
    destination = arena.allocate(TOTAL_BYTES, 4096).fill((byte) 2);
  }

  /** Frees both areas. */
  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  /** Copies everything, piece by piece. */
  @Benchmark
  public MemorySegment copy() {
    for (long offset = 0; offset < TOTAL_BYTES; offset += pieceBytes) {
      MemorySegment.copy(source, offset, destination, offset, pieceBytes);
    }
    return destination;
  }
}
