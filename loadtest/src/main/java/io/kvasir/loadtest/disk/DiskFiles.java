package io.kvasir.loadtest.disk;

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

/**
 * The file of an SSD store and a plain one beside it, both written once from end to end and deleted
 * in the end. Batches of neighbouring records go to the store; as many bytes go to the plain file
 * with one O_DIRECT {@code pread} or {@code pwrite}. The place in either file moves on by one batch
 * each time. Confined to one thread.
 */
final class DiskFiles implements AutoCloseable {
  private static final int RECORD_BYTES = 64 << 10;
  private static final int FILE_BYTES = 256 << 20;

  private final Path folder;
  private final int batchBytes;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory;
  private final FileStore store;
  private final int plain;
  private final List<List<RecordTransfer>> batches = new ArrayList<>();
  private int next;

  /**
   * Makes them.
   *
   * @param parent an existing folder
   * @param batchBytes a multiple of 64 KiB
   */
  DiskFiles(Path parent, int batchBytes) throws IOException {
    this.batchBytes = batchBytes;
    folder = Files.createTempDirectory(parent, "kvasir-disk");
    memory = arena.allocate(batchBytes, 4096).fill((byte) 1);
    store = FileStore.open(config(), _ -> {}, System::currentTimeMillis);
    Path file = folder.resolve("plain");
    plain = LinuxFiles.open(file, LinuxFiles.O_RDWR | LinuxFiles.O_CREAT | LinuxFiles.O_DIRECT);
    if (plain < 0 || LinuxFiles.allocate(plain, FILE_BYTES) != 0) {
      close();
      throw new IOException(file + ": no room, or the file system has no O_DIRECT");
    }
    for (int i = 0; i < FILE_BYTES / batchBytes; i++) {
      batches.add(batch(i));
    }
    for (int i = 0; i < batches.size(); i++, advance()) {
      throughStore(true);
      plainly(true);
    }
  }

  private FileStoreConfig config() {
    return new FileStoreConfig(
        "ssd",
        folder.resolve("store"),
        FILE_BYTES + (1L << 20),
        FILE_BYTES / RECORD_BYTES,
        RECORD_BYTES,
        new BlockGeometry(1, 1, 1, 1, 1),
        "study",
        Long.MAX_VALUE);
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

  /** Goes to the next place in both files. */
  void advance() {
    next = (next + 1) % batches.size();
  }

  /** Moves one batch through the store. */
  void throughStore(boolean write) throws IOException {
    List<RecordTransfer> batch = batches.get(next);
    if (write) {
      store.write(batch);
    } else {
      store.read(batch);
    }
    for (RecordTransfer transfer : batch) {
      if (transfer.outcome() != CopyOutcome.DONE) {
        throw new IOException(transfer.failure());
      }
    }
  }

  /** Moves as many bytes with one system call. */
  void plainly(boolean write) throws IOException {
    long at = (long) next * batchBytes;
    long moved = write ? LinuxFiles.write(plain, memory, at) : LinuxFiles.read(plain, memory, at);
    if (moved != batchBytes) {
      throw new IOException("%s: %d of %d bytes moved".formatted(folder, moved, batchBytes));
    }
  }

  /** How the store carries out requests. */
  String submission() {
    return store.submission();
  }

  @Override
  public void close() throws IOException {
    store.close();
    LinuxFiles.close(plain);
    arena.close();
    Files.deleteIfExists(folder.resolve("store"));
    Files.deleteIfExists(folder.resolve("plain"));
    Files.delete(folder);
  }
}
