package io.kvasir.loadtest.jmh;

import io.kvasir.offload.index.BlockIndex;
import io.kvasir.offload.index.ChronicleBlockIndex;
import io.kvasir.offload.index.IndexEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an index that survives a kill cost, with 262,144 entries: to find one, to note that it
 * was used, and to replace it? The baseline is a {@code HashMap}, which survives nothing. The goal
 * is a look-up within a microsecond.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexBenchmark {
  private static final int ENTRIES = 1 << 18;

  private record Key(long hashHi, long hashLo) {}

  private final IndexEntry[] entries = new IndexEntry[ENTRIES];
  private final Map<Key, IndexEntry> baseline = new HashMap<>();
  private Path folder;
  private BlockIndex index;
  private int turn;

  /** Fills both. */
  @Setup(Level.Trial)
  public void fill() throws IOException {
    folder = Files.createTempDirectory("kvasir-index");
    index = ChronicleBlockIndex.open(folder.resolve("blocks"), ENTRIES);
    SplittableRandom random = new SplittableRandom(1);
    for (int slot = 0; slot < ENTRIES; slot++) {
      entries[slot] =
          new IndexEntry(
              random.nextLong(), random.nextLong(), slot, 0, 4096, 4096, 0, 0, 0, 0, 16, 1, 0);
      if (!index.put(entries[slot])) {
        throw new IllegalStateException("full at " + slot);
      }
      baseline.put(new Key(entries[slot].hashHi(), entries[slot].hashLo()), entries[slot]);
    }
  }

  /** Deletes the files. */
  @TearDown(Level.Trial)
  public void delete() throws IOException {
    index.close();
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }

  /** Finds an entry. */
  @Benchmark
  public IndexEntry find() {
    IndexEntry entry = next();
    return index.find(entry.hashHi(), entry.hashLo()).orElseThrow();
  }

  /** The same in the HashMap. */
  @Benchmark
  public @Nullable IndexEntry findBaseline() {
    IndexEntry entry = next();
    return baseline.get(new Key(entry.hashHi(), entry.hashLo()));
  }

  /** Notes a use less than a minute after the one before, as almost every hit does. */
  @Benchmark
  public void touch() {
    IndexEntry entry = next();
    index.touch(entry.hashHi(), entry.hashLo(), entry.lastUseMillis() + 1);
  }

  /** Replaces an entry. */
  @Benchmark
  public boolean put() {
    return index.put(next());
  }

  /** The same in the HashMap. */
  @Benchmark
  public @Nullable IndexEntry putBaseline() {
    IndexEntry entry = next();
    return baseline.put(new Key(entry.hashHi(), entry.hashLo()), entry);
  }

  /** An entry far from the last one, so that caches do not hide the memory. */
  private IndexEntry next() {
    turn = (turn + 0x9e37 * 2 + 1) & (ENTRIES - 1);
    return entries[turn];
  }
}
