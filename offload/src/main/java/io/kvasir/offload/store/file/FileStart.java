package io.kvasir.offload.store.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kvasir.offload.os.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first two blocks of a file: whose it is and how it is divided, and its write budget. */
final class FileStart {
  private static final Logger log = LoggerFactory.getLogger(FileStart.class);
  private static final ValueLayout.OfLong LONG = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final FileDevice device;
  private final MemorySegment header;
  private final MemorySegment budgetBlock;

  FileStart(String name, FileDevice device, Arena arena) {
    this.name = name;
    this.device = device;
    header = arena.allocate(FileLayout.BLOCK_BYTES, FileLayout.BLOCK_BYTES);
    budgetBlock = arena.allocate(FileLayout.BLOCK_BYTES, FileLayout.BLOCK_BYTES);
  }

  /**
   * Finds out whether the records in the file can still be used. If not, the file is ours from here
   * on: preallocated, with a header that says what is wanted.
   *
   * @param budget goes on where the file's stopped, also if the records are of no use
   * @return whether records may be there
   * @throws IOException if the file is somebody else's, or cannot be made so large
   */
  boolean open(FileLayout wanted, WriteBudget budget) throws IOException {
    read(header, 0);
    read(budgetBlock, FileLayout.BUDGET_OFFSET);
    boolean ours = header.get(LONG, 0) == FileLayout.MAGIC;
    boolean oursBefore = budgetBlock.get(LONG, 0) == WriteBudget.MAGIC;
    if (!ours && !oursBefore && !isZero(header)) {
      throw new IOException(
          "%s: %s holds something that Kvasir did not write; delete it (of a device, zero the"
                  .formatted(name, device)
              + " first 8 KiB) to give it to Kvasir, or name another");
    }
    boolean budgetKept = budget.restore(budgetBlock);
    FileLayout found = FileLayout.decode(header);
    device.preallocate(wanted.fileBytes());
    if (wanted.equals(found)) {
      return true;
    }
    if (ours || oursBefore) {
      log.warn(
          "{}: {} is emptied, it was written for {}, wanted is {}",
          name,
          device,
          found == null ? "another version or is damaged" : found,
          wanted);
    }
    wanted.encode(header);
    write(header, 0);
    if (!budgetKept) {
      budget.save(budgetBlock);
      write(budgetBlock, FileLayout.BUDGET_OFFSET);
    }
    device.sync();
    return false;
  }

  /** Writes the budget with bytes in advance; 0, or an error number. */
  int saveBudget(WriteBudget budget) {
    budget.save(budgetBlock);
    return writeBudget();
  }

  /** Writes the budget as it is; 0, or an error number. */
  int closeBudget(WriteBudget budget) {
    budget.saveExactly(budgetBlock);
    return writeBudget();
  }

  private int writeBudget() {
    long written = device.write(budgetBlock, FileLayout.BUDGET_OFFSET);
    if (written == FileLayout.BLOCK_BYTES) {
      return 0;
    }
    return written < 0 ? (int) -written : Errno.EIO;
  }

  /** What lies behind the end of a file reads as zero. */
  private void read(MemorySegment block, long offset) throws IOException {
    block.fill((byte) 0);
    long read = device.read(block, offset);
    if (read < 0) {
      throw new IOException(
          "%s: %s cannot be read: %s".formatted(name, device, Errno.text((int) -read)));
    }
  }

  private void write(MemorySegment block, long offset) throws IOException {
    long written = device.write(block, offset);
    if (written != block.byteSize()) {
      throw new IOException(
          "%s: %s cannot be written: %s"
              .formatted(name, device, Errno.text(written < 0 ? (int) -written : Errno.EIO)));
    }
  }

  private static boolean isZero(MemorySegment block) {
    for (long i = 0; i < block.byteSize(); i++) {
      if (block.get(JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }
}
