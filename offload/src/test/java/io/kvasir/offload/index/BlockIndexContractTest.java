package io.kvasir.offload.index;

import static io.kvasir.offload.index.IndexEntries.entry;
import static io.kvasir.offload.index.IndexEntries.hi;
import static io.kvasir.offload.index.IndexEntries.lo;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link BlockIndex} promises. */
abstract class BlockIndexContractTest {
  private static final int CAPACITY = 2_000;

  @TempDir Path folder;
  private BlockIndex index;

  abstract BlockIndex create(Path folder, long capacity) throws IOException;

  @BeforeEach
  void create() throws IOException {
    index = create(folder, CAPACITY);
  }

  @AfterEach
  void close() {
    index.close();
  }

  @Test
  void findsWhatWasPut() {
    assertThat(index.find(hi(1), lo(1))).isEmpty();
    assertThat(index.put(entry(1, 0))).isTrue();
    assertThat(index.put(entry(2, 0))).isTrue();
    assertThat(index.find(hi(1), lo(1))).contains(entry(1, 0));
    assertThat(index.find(hi(1), lo(2))).isEmpty();
    assertThat(index.size()).isEqualTo(2);
    assertThat(all(index)).containsExactlyInAnyOrder(entry(1, 0), entry(2, 0));
  }

  @Test
  void replacesTheEntryOfAHash() {
    index.put(entry(1, 0));
    assertThat(index.put(entry(1, 1))).isTrue();
    assertThat(index.size()).isEqualTo(1);
    assertThat(all(index)).containsExactly(entry(1, 1));
  }

  @Test
  void removesOnlyTheEntryThatNamesTheSlot() {
    index.put(entry(1, 0));
    int slot = entry(1, 0).slot();
    index.remove(hi(1), lo(1), slot + 1);
    assertThat(index.size()).isEqualTo(1);
    index.remove(hi(1), lo(1), slot);
    assertThat(index.size()).isZero();
    index.remove(hi(1), lo(1), slot);
    assertThat(index.size()).isZero();
    assertThat(index.find(hi(1), lo(1))).isEmpty();
  }

  @Test
  void notesUsesAMinuteApart() {
    IndexEntry entry = entry(1, 0);
    index.put(entry);
    long first = entry.lastUseMillis();
    index.touch(hi(1), lo(1), first + BlockIndex.LAST_USE_LAG_MILLIS - 1);
    assertThat(index.find(hi(1), lo(1))).contains(entry);
    index.touch(hi(1), lo(1), first + BlockIndex.LAST_USE_LAG_MILLIS);
    assertThat(index.find(hi(1), lo(1)))
        .contains(entry.usedAt(first + BlockIndex.LAST_USE_LAG_MILLIS));
    index.touch(hi(1), lo(1), first);
    assertThat(index.find(hi(1), lo(1)))
        .contains(entry.usedAt(first + BlockIndex.LAST_USE_LAG_MILLIS));
    index.touch(hi(2), lo(2), first);
    assertThat(index.size()).isEqualTo(1);
  }

  @Test
  void fullIndexRefusesNewHashesOnly() {
    for (int key = 0; key < CAPACITY; key++) {
      assertThat(index.put(entry(key, 0))).as("entry %d", key).isTrue();
    }
    assertThat(index.put(entry(CAPACITY, 0))).isFalse();
    assertThat(index.find(hi(CAPACITY), lo(CAPACITY))).isEmpty();
    assertThat(index.put(entry(7, 1))).isTrue();
    assertThat(index.size()).isEqualTo(CAPACITY);
    index.remove(hi(8), lo(8), entry(8, 0).slot());
    assertThat(index.put(entry(CAPACITY, 0))).isTrue();
    assertThat(all(index)).hasSize(CAPACITY);
  }

  @Test
  void visitorMayWrite() {
    for (int key = 0; key < 500; key++) {
      index.put(entry(key, 0));
    }
    index.forEach(entry -> index.remove(entry.hashHi(), entry.hashLo(), entry.slot()));
    assertThat(index.size()).isZero();
  }

  @Test
  void threadsWriteWhileOthersLook() throws Exception {
    int writers = 4;
    int keys = 200;
    try (ExecutorService threads = Executors.newFixedThreadPool(writers + 1)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        long first = 1_000L * writer;
        ends.add(threads.submit(() -> write(first, keys)));
      }
      Future<Boolean> visitor = threads.submit(() -> seesNothingBroken(ends));
      for (Future<?> end : ends) {
        end.get();
      }
      assertThat(visitor.get()).isTrue();
    }
    assertThat(index.size()).isEqualTo((long) writers * keys / 2);
    assertThat(all(index)).hasSize(writers * keys / 2);
  }

  private void write(long first, int keys) {
    for (int version = 0; version < 20; version++) {
      for (long key = first; key < first + keys; key++) {
        index.put(entry(key, version));
        index.touch(hi(key), lo(key), entry(key, version).lastUseMillis());
      }
    }
    for (long key = first; key < first + keys; key += 2) {
      index.remove(hi(key), lo(key), entry(key, 19).slot());
    }
  }

  private boolean seesNothingBroken(List<Future<?>> ends)
      throws ExecutionException, InterruptedException {
    while (!ends.stream().allMatch(Future::isDone)) {
      for (IndexEntry entry : all(index)) {
        long key = keyOf(entry);
        if (!entry.equals(entry(key, entry.generation()))) {
          return false;
        }
      }
    }
    return true;
  }

  private static long keyOf(IndexEntry entry) {
    for (long key = 0; key < 4_000; key++) {
      if (hi(key) == entry.hashHi()) {
        return key;
      }
    }
    throw new AssertionError("nobody put " + entry);
  }

  static List<IndexEntry> all(BlockIndex index) {
    List<IndexEntry> entries = new ArrayList<>();
    index.forEach(entries::add);
    return entries;
  }
}
