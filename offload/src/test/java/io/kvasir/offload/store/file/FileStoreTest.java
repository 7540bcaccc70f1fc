package io.kvasir.offload.store.file;

import static io.kvasir.kvpool.tier.CopyOutcome.FAILED;
import static io.kvasir.offload.store.file.FileFixture.SLOTS;
import static io.kvasir.offload.store.file.FileFixture.config;
import static io.kvasir.offload.store.file.FileFixture.entry;
import static io.kvasir.offload.store.file.FileFixture.open;
import static io.kvasir.offload.store.file.FileFixture.transfer;
import static io.kvasir.offload.store.file.FileFixture.transfers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.tier.CopyOutcome;
import io.kvasir.offload.index.IndexEntry;
import io.kvasir.offload.os.Errno;
import io.kvasir.offload.store.Blocks;
import io.kvasir.offload.store.RecordTransfer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
  private static final int BYTES = Blocks.RECORD_BYTES;

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("blocks");
  }

  @Test
  void neighboursAreOneRequest() throws IOException {
    try (FileStore store = open(config(file()))) {
      store.write(transfers(3, 19, BYTES));
      assertThat(store.counters().requests()).isEqualTo(1);
      for (int slot = 4; slot < 19; slot++) {
        assertThat(store.extentOffset(slot)).isEqualTo(store.extentOffset(slot - 1) + BYTES);
      }
      List<RecordTransfer> reads = transfers(3, 19, 0);
      store.read(reads);
      assertThat(store.counters().requests()).isEqualTo(2);
      assertThat(reads).allSatisfy(read -> assertThat(read.length()).isEqualTo(BYTES));
      assertThat(store.counters().writtenBytes()).isEqualTo(16L * BYTES);
    }
  }

  @Test
  void takesItsSpaceInAdvanceAndKeepsIt() throws IOException {
    try (FileStore store = open(config(file()))) {
      assertThat(Files.size(file())).isEqualTo((1 << 20) + (long) SLOTS * BYTES);
      store.write(transfers(0, SLOTS, BYTES));
      assertThat(Files.size(file())).isEqualTo((1 << 20) + (long) SLOTS * BYTES);
    }
  }

  @Test
  void secondOneOnTheSameFileIsRefused() throws IOException {
    try (FileStore store = open(config(file()))) {
      assertThatThrownBy(() -> open(config(file())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another process");
      store.write(transfers(0, 1, BYTES));
    }
    open(config(file())).close();
  }

  @Test
  void foreignFileIsNotTouched() throws IOException {
    Files.writeString(file(), "my thesis");
    assertThatThrownBy(() -> open(config(file())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not write");
    assertThat(Files.readString(file())).isEqualTo("my thesis");
  }

  @Test
  void directoryThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> open(config(directory.resolve("no").resolve("blocks"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ENOENT");
  }

  @Test
  void diskTooSmallIsNamed() {
    FileStoreConfig huge =
        new FileStoreConfig(
            "ssd", file(), 1L << 42, 1 << 20, 1 << 22, Blocks.GEOMETRY, "m", Long.MAX_VALUE);
    assertThatThrownBy(() -> open(huge))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be allocated");
  }

  @Test
  void adoptsWhatIndexKnowsAndRejectsContradictions() throws IOException {
    long data = FileLayout.DATA_OFFSET;
    try (FileStore store = open(config(file()))) {
      store.write(transfers(0, 8, BYTES));
    }
    List<IndexEntry> known =
        List.of(
            entry(0, data, BYTES, BYTES, 5),
            entry(1, data, BYTES, BYTES, 4),
            entry(2, data + 2L * BYTES, BYTES, BYTES, 1),
            entry(3, data + 4096, BYTES, BYTES, 9),
            entry(4, data + (long) SLOTS * BYTES, BYTES, BYTES, 9),
            entry(5, data - BYTES, BYTES, BYTES, 9),
            entry(6, data + 6L * BYTES, BYTES + 4096, BYTES, 9),
            entry(7, data + 7L * BYTES, BYTES, BYTES + 1, 9),
            entry(SLOTS, data + 9L * BYTES, BYTES, BYTES, 9),
            entry(8, Long.MAX_VALUE - 4095, BYTES, BYTES, 9));
    try (FileStore store = FileStore.open(config(file()), known::forEach, () -> 0)) {
      for (int slot = 0; slot < SLOTS; slot++) {
        assertThat(store.extentBytes(slot)).isEqualTo(slot == 0 || slot == 2 ? BYTES : 0);
      }
      List<RecordTransfer> reads = transfers(0, 3, 0);
      store.read(reads);
      assertThat(reads)
          .extracting(RecordTransfer::outcome)
          .containsExactly(CopyOutcome.DONE, CopyOutcome.MISS, CopyOutcome.DONE);
      store.write(transfers(3, SLOTS, BYTES));
      store.read(reads);
      assertThat(reads.get(2).bytes().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 5))
          .isEqualTo((byte) 2);
    }
  }

  @Test
  void fileCutUnderneathIsMissAndWritesGoOn() throws IOException {
    try (FileStore store = open(config(file()))) {
      store.write(transfers(0, 8, BYTES));
      try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
        channel.truncate(store.extentOffset(3) + 4096);
      }
      List<RecordTransfer> reads = transfers(0, 8, 0);
      store.read(reads);
      for (RecordTransfer read : reads) {
        assertThat(read.outcome()).isEqualTo(read.slot() < 3 ? CopyOutcome.DONE : CopyOutcome.MISS);
      }
      assertThat(reads.get(3).failure()).contains("file ends");
      assertThat(store.counters().truncated()).isEqualTo(5);
      store.write(transfers(3, 8, BYTES));
      store.read(reads);
      assertThat(reads).allMatch(read -> read.outcome() == CopyOutcome.DONE);
    }
  }

  @Test
  void fullOvercommittedFileFailsAndRecovers() throws IOException {
    try (FileStore store = open(config(file(), 8 * SLOTS, Blocks.MODEL, Long.MAX_VALUE))) {
      List<RecordTransfer> large = transfers(0, SLOTS, BYTES);
      store.write(large);
      assertThat(large).allMatch(write -> write.outcome() == CopyOutcome.DONE);
      RecordTransfer small = transfer(SLOTS, 100);
      store.write(List.of(small));
      assertThat(small.outcome()).isEqualTo(CopyOutcome.FAILED);
      assertThat(small.failure()).contains("full");
      assertThat(store.counters().full()).isEqualTo(1);
      for (int slot = 0; slot < SLOTS; slot++) {
        store.discard(slot);
      }
      List<RecordTransfer> many = transfers(0, 3 * SLOTS, 100);
      store.write(many);
      assertThat(many).allMatch(write -> write.outcome() == CopyOutcome.DONE);
      assertThat(store.extentBytes(5)).isEqualTo(4096);
    }
  }

  @Test
  void systemsErrorsAreOutcomesOfTheRecordsTheyConcern() throws IOException {
    AtomicLong bad = new AtomicLong(-1);
    FileStore.PoolMaker pools =
        (file, arena) ->
            IoPool.of(file, arena, it -> new FailingIo(it, bad, -Errno.ENOSPC, -Errno.EIO));
    FileDevice device = FileDevice.open(file(), true);
    try (FileStore store = FileStore.open(config(file()), _ -> {}, () -> 0, device, pools)) {
      store.write(transfers(0, 6, BYTES));
      bad.set(store.extentOffset(2));
      List<RecordTransfer> reads = transfers(0, 6, 0);
      store.read(reads);
      assertOnlyOneFails(reads, 2, "EIO");
      bad.set(-1);
      store.read(reads);
      assertThat(reads).as("it may be good").allMatch(r -> r.outcome() == CopyOutcome.DONE);

      bad.set(store.extentOffset(4));
      List<RecordTransfer> writes = transfers(0, 6, BYTES);
      store.write(writes);
      int struck = writes.stream().map(RecordTransfer::outcome).toList().indexOf(FAILED);
      assertOnlyOneFails(writes, struck, "ENOSPC");
      bad.set(-1);
      store.read(reads);
      assertThat(reads.get(struck).outcome()).isEqualTo(CopyOutcome.MISS);
      assertThat(store.counters().errors()).isEqualTo(2);
    }
  }

  private static void assertOnlyOneFails(List<RecordTransfer> batch, int struck, String why) {
    for (int i = 0; i < batch.size(); i++) {
      assertThat(batch.get(i).outcome()).isEqualTo(i == struck ? FAILED : CopyOutcome.DONE);
    }
    assertThat(batch.get(struck).failure()).contains(why);
  }

  @Test
  void spentWriteBudgetFailsWritesAlsoAfterRestart() throws IOException {
    FileStoreConfig config = config(file(), SLOTS, Blocks.MODEL, 10L * BYTES);
    AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    try (FileStore store = FileStore.open(config, _ -> {}, clock::get)) {
      List<RecordTransfer> writes = transfers(0, 12, BYTES);
      store.write(writes);
      for (RecordTransfer write : writes) {
        assertThat(write.outcome()).isEqualTo(write.slot() < 10 ? CopyOutcome.DONE : FAILED);
      }
      assertThat(writes.getLast().failure()).contains("write budget");
      assertThat(store.counters().overBudget()).isEqualTo(2);
      store.read(writes);
      assertThat(writes.getLast().outcome()).isEqualTo(CopyOutcome.MISS);
    }
    // Another model empties the file, but its flash has still been written to.
    FileStoreConfig other = config(file(), SLOTS, "model b", 10L * BYTES);
    try (FileStore store = FileStore.open(other, _ -> {}, clock::get)) {
      assertThat(store.writtenLately()).isEqualTo(10L * BYTES);
      RecordTransfer write = transfer(0, BYTES);
      store.write(List.of(write));
      assertThat(write.outcome()).isEqualTo(FAILED);
      clock.addAndGet(25 * 3_600_000L);
      store.write(List.of(write));
      assertThat(write.outcome()).isEqualTo(CopyOutcome.DONE);
    }
  }

  /** Answers an error for requests that touch one place of the file. */
  private static final class FailingIo implements FileIo {
    private final FileIo real;
    private final AtomicLong bad;
    private final int writeError;
    private final int readError;

    FailingIo(int file, AtomicLong bad, int writeError, int readError) {
      this.real = new ThreadedIo(file, ForkJoinPool.commonPool());
      this.bad = bad;
      this.writeError = writeError;
      this.readError = readError;
    }

    @Override
    public String name() {
      return "failing";
    }

    @Override
    public void run(IoBatch batch) {
      real.run(batch);
      for (int i = 0; i < batch.requests(); i++) {
        long from = batch.offset(i);
        if (bad.get() >= from && bad.get() < from + batch.bytes(i)) {
          batch.result(i, batch.write() ? writeError : readError);
        }
      }
    }

    @Override
    public void close() {}
  }
}
