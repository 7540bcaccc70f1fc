package io.kvasir.loadtest.jmh;

import io.kvasir.offload.store.RecordFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
 * How long does one thread take to prove 64 MiB of records, by the size of a record? The baseline
 * is copying them, which every store and load does as well. Milliseconds; 64 MiB in 13.4 ms are 5
 * GB/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
  private static final long TOTAL_BYTES = 64L << 20;

  /** Bytes of a record: of a small model's block, and of an 8B model's. */
  @Param({"65536", "2097152"})
  public int recordBytes;

  private Arena arena;
  private MemorySegment source;
  private MemorySegment destination;
  private CRC32C crc;

  /** Allocates both areas and touches every byte of them. */
  @Setup(Level.Trial)
  public void allocate() {
    arena = Arena.ofConfined();
    source = arena.allocate(TOTAL_BYTES, 4096).fill((byte) 1);
    destination = arena.allocate(TOTAL_BYTES, 4096).fill((byte) 2);
    crc = new CRC32C();
  }

  /** Frees both areas. */
  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  /** Computes every record's checksum. */
  @Benchmark
  public int checksum() {
    int sum = 0;
    for (long offset = 0; offset < TOTAL_BYTES; offset += recordBytes) {
      sum +=
          RecordFormat.checksum(
              source.asSlice(offset, recordBytes), recordBytes - RecordFormat.HEADER_BYTES, crc);
    }
    return sum;
  }

  /** Copies every record. */
  @Benchmark
  public MemorySegment copyBaseline() {
    for (long offset = 0; offset < TOTAL_BYTES; offset += recordBytes) {
      MemorySegment.copy(source, offset, destination, offset, recordBytes);
    }
    return destination;
  }
}
