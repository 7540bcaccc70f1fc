package io.kvasir.offload.store.file;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TierStoreContractTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The file store keeps the contract, however requests get to the disk. */
class FileStoreContractTest {
  @TempDir Path directory;

  private FileStoreConfig config() {
    return new FileStoreConfig(
        "ssd",
        directory.resolve("blocks"),
        FileLayout.DATA_OFFSET
            + (long) TierStoreContractTest.SLOTS * TierStoreContractTest.RECORD_BYTES,
        TierStoreContractTest.SLOTS,
        TierStoreContractTest.RECORD_BYTES,
        new BlockGeometry(1, 1, 1, 4, 16),
        "model",
        Long.MAX_VALUE);
  }

  /** As it is on this machine: io_uring if the kernel allows it. */
  @Nested
  class AsOpened extends TierStoreContractTest {
    @Override
    protected TierStore open() throws IOException {
      return FileStore.open(config(), _ -> {}, () -> 0);
    }
  }

  /** Where the kernel has no io_uring. */
  @Nested
  class WithThreads extends TierStoreContractTest {
    @Override
    protected TierStore open() throws IOException {
      return FileStore.open(
          config(),
          _ -> {},
          () -> 0,
          FileDevice.open(config().path(), true),
          (file, arena) -> IoPool.threads(file, arena));
    }
  }

  /** Where the file system has no direct I/O. */
  @Nested
  class Buffered extends TierStoreContractTest {
    @Override
    protected TierStore open() throws IOException {
      return FileStore.open(
          config(),
          _ -> {},
          () -> 0,
          FileDevice.open(config().path(), false),
          (file, arena) -> IoPool.open("ssd", file, arena));
    }
  }
}
