package io.kvasir.loadtest.jmh;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.os.LinuxFiles;
import io.kvasir.offload.store.RecordTransfer;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * How much of the disk does the file store leave over? One batch of neighbouring records is written
 * or read; the baseline is one plain {@code pwrite} or {@code pread} with O_DIRECT of as many bytes
 * to a preallocated file, so both have one request under way. Microseconds per batch; the place in
 * the file moves on by one batch each time. Files lie in the directory that the system property
 * {@code kvasir.bench.dir} names, else where temporary files do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 5, time = 2)
public class SsdStoreBenchmark {
  private static final int RECORD_BYTES = 64 << 10;
  private static final int FILE_BYTES = 256 << 20;

  /** Bytes of a batch: 1, 16 or 128 records. */
  @Param({"65536", "1048576", "8388608"})
  public int batchBytes;

  private Path directory;
  private Arena arena;
  private FileStore store;
  private List<List<RecordTransfer>> batches;
  private MemorySegment memory;
  private int raw;
  private int turn;

  /** Makes both files and writes all of them, so that no first write is measured. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    String home = System.getProperty("kvasir.bench.dir", System.getProperty("java.io.tmpdir"));
    directory = Files.createTempDirectory(Path.of(home), "kvasir-ssd");
    arena = Arena.ofConfined();
    memory = arena.allocate(batchBytes, 4096).fill((byte) 1);
    FileStoreConfig config =
        new FileStoreConfig(
            "ssd",
            directory.resolve("store"),
            FILE_BYTES + (1L << 20),
            FILE_BYTES / RECORD_BYTES,
            RECORD_BYTES,
            new BlockGeometry(1, 1, 1, 1, 1),
            "benchmark",
            Long.MAX_VALUE);
    store = FileStore.open(config, _ -> {}, System::currentTimeMillis);
    raw =
        LinuxFiles.open(
            directory.resolve("raw"), LinuxFiles.O_RDWR | LinuxFiles.O_CREAT | LinuxFiles.O_DIRECT);
    require(raw >= 0 && LinuxFiles.allocate(raw, FILE_BYTES) == 0);
    batches = new ArrayList<>();
    for (int i = 0; i < FILE_BYTES / batchBytes; i++) {
      batches.add(batch(i));
    }
    for (int i = 0; i < batches.size(); i++) {
      writeStore();
    }
    for (int i = 0; i < batches.size(); i++) {
      writeRawBaseline();
    }
  }

  private List<RecordTransfer> batch(int index) {
    List<RecordTransfer> batch = new ArrayList<>();
    int records = batchBytes / RECORD_BYTES;
    for (int i = 0; i < records; i++) {
      RecordTransfer transfer = new RecordTransfer();
      MemorySegment bytes = memory.asSlice((long) i * RECORD_BYTES, RECORD_BYTES);
      transfer.aim(index * records + i, 0, 0, bytes, RECORD_BYTES);
      batch.add(transfer);
    }
    return batch;
  }

  /** Closes and deletes both. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    store.close();
    LinuxFiles.close(raw);
    arena.close();
    Files.delete(directory.resolve("store"));
    Files.delete(directory.resolve("raw"));
    Files.delete(directory);
  }

  /** Writes one batch through the store. */
  @Benchmark
  public void writeStore() {
    List<RecordTransfer> batch = next();
    store.write(batch);
    requireDone(batch);
  }

  /** Reads one batch through the store. */
  @Benchmark
  public void readStore() {
    List<RecordTransfer> batch = next();
    store.read(batch);
    requireDone(batch);
  }

  /** Writes as many bytes with one system call. */
  @Benchmark
  public void writeRawBaseline() {
    next();
    require(LinuxFiles.write(raw, memory, (long) turn * batchBytes) == batchBytes);
  }

  /** Reads as many bytes with one system call. */
  @Benchmark
  public void readRawBaseline() {
    next();
    require(LinuxFiles.read(raw, memory, (long) turn * batchBytes) == batchBytes);
  }

  private List<RecordTransfer> next() {
    turn = (turn + 1) % batches.size();
    return batches.get(turn);
  }

  private static void requireDone(List<RecordTransfer> batch) {
    for (RecordTransfer transfer : batch) {
      require(transfer.outcome() == CopyOutcome.DONE);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("the disk did not do what it was asked for");
    }
  }
}
