package io.kvasir.offload.index;

import static io.kvasir.offload.index.IndexEntries.entry;
import static io.kvasir.offload.index.IndexEntries.hi;
import static io.kvasir.offload.index.IndexEntries.lo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A process that writes into indexes until it is killed, two threads per index. Before an operation
 * it prints {@code <index> <key>;}, after it {@code <index> <key> <state>;}.
 */
final class IndexWriter {
  static final int CAPACITY = 3_000;
  static final int KEYS = 2_000;
  private static final int THREADS = 2;

  private static final OutputStream out = new FileOutputStream(FileDescriptor.out);

  private IndexWriter() {}

  /** Takes the seed, the number of the round, and the files of the indexes. */
  public static void main(String[] arguments) throws Exception {
    long seed = Long.parseLong(arguments[0]);
    int round = Integer.parseInt(arguments[1]);
    List<ChronicleBlockIndex> indexes = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      indexes.add(ChronicleBlockIndex.open(Path.of(arguments[i]), CAPACITY));
    }
    for (int i = 0; i < indexes.size(); i++) {
      for (int thread = 0; thread < THREADS; thread++) {
        int number = i;
        int first = thread;
        SplittableRandom random = new SplittableRandom(seed + 100L * i + thread);
        Thread.ofPlatform().start(() -> write(indexes.get(number), number, first, round, random));
      }
    }
  }

  /** Writes keys that are {@code first} modulo the threads: each key has one writer. */
  private static void write(
      ChronicleBlockIndex index, int number, int first, int round, SplittableRandom random) {
    while (true) {
      int key = first + THREADS * random.nextInt(KEYS / THREADS);
      print(number + " " + key);
      Optional<IndexEntry> before = index.find(hi(key), lo(key));
      if (before.isEmpty() || random.nextInt(3) == 0) {
        index.put(entry(key, 1 + 1_000 * round + random.nextInt(1_000)));
      } else if (random.nextInt(3) == 0) {
        index.remove(hi(key), lo(key), before.get().slot());
      } else {
        long millis = before.get().lastUseMillis() + BlockIndex.LAST_USE_LAG_MILLIS;
        index.touch(hi(key), lo(key), millis);
      }
      print(number + " " + key + " " + state(index, key));
    }
  }

  /** What an index knows of a key, in one word. */
  static String state(BlockIndex index, int key) {
    return index
        .find(hi(key), lo(key))
        .map(found ->
            found.usedAt(0).equals(entry(key, found.generation()).usedAt(0))
                ? found.generation() + "/" + found.lastUseMillis()
                : "broken")
        .orElse("absent");
  }

  private static void print(String line) {
    byte[] bytes = (line + ";\n").getBytes(StandardCharsets.US_ASCII);
    synchronized (out) {
      try {
        out.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
