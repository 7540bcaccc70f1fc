package io.kvasir.offload.index;

import static io.kvasir.offload.index.IndexEntries.hi;
import static io.kvasir.offload.index.IndexEntries.lo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ChronicleBlockIndexTest extends BlockIndexContractTest {
  @Override
  BlockIndex create(Path folder, long capacity) throws IOException {
    return ChronicleBlockIndex.open(folder.resolve("blocks"), capacity);
  }

  /** Random operations, with closing and opening in between, against the index on the heap. */
  @Test
  void doesWhatTheHeapIndexDoes() throws IOException {
    long seed = System.nanoTime();
    System.out.println("ChronicleBlockIndexTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int capacity = 300;
    Path file = folder.resolve("model");
    ChronicleBlockIndex index = ChronicleBlockIndex.open(file, capacity);
    try (HeapBlockIndex oracle = new HeapBlockIndex(capacity)) {
      for (int step = 0; step < 30_000; step++) {
        apply(random, index, oracle);
        if (random.nextInt(1_000) == 0) {
          assertThat(all(index)).containsExactlyInAnyOrderElementsOf(all(oracle));
        }
        if (random.nextInt(6_000) == 0) {
          index.close();
          index = ChronicleBlockIndex.open(file, capacity);
          assertThat(index.opening().how()).isEqualTo(IndexOpening.How.REUSED);
          assertThat(index.opening().kept()).isEqualTo(oracle.size());
        }
      }
      assertThat(all(index)).containsExactlyInAnyOrderElementsOf(all(oracle));
    } finally {
      index.close();
    }
  }

  private static void apply(SplittableRandom random, BlockIndex index, BlockIndex oracle) {
    long key = random.nextInt(400);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        IndexEntry entry = IndexEntries.random(random, key);
        assertThat(index.put(entry)).isEqualTo(oracle.put(entry));
      }
      case 3, 4 -> {
        int slot = random.nextInt(4);
        index.remove(hi(key), lo(key), slot);
        oracle.remove(hi(key), lo(key), slot);
      }
      case 5 -> {
        long millis = random.nextLong(2_000_000);
        index.touch(hi(key), lo(key), millis);
        oracle.touch(hi(key), lo(key), millis);
      }
      default -> assertThat(index.find(hi(key), lo(key))).isEqualTo(oracle.find(hi(key), lo(key)));
    }
    assertThat(index.size()).isEqualTo(oracle.size());
  }

  @Test
  void nothingReportsOurUse() throws IOException {
    // Makes sure that Chronicle Map is loaded, not merely on the class path.
    ChronicleBlockIndex.open(folder.resolve("quiet"), 10).close();
    assertThat(System.getProperty("chronicle.analytics.disable")).isEqualTo("true");
    assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThatThrownBy(
            () -> Class.forName("net.openhft.chronicle.analytics.internal.GoogleAnalytics4"))
        .isInstanceOf(ClassNotFoundException.class);
  }
}
