package io.kvasir.offload.store.file;

import io.kvasir.offload.os.Errno;
import io.kvasir.offload.os.LinuxFiles;
import io.kvasir.offload.os.LinuxMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open, locked, preallocated file or block device. Any thread may read and write; offsets,
 * lengths and addresses are multiples of 4096.
 */
final class FileDevice implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FileDevice.class);
  private static final Path DEVICES = Path.of("/dev");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final Path path;
  private final int file;
  private final boolean direct;

  private FileDevice(Path path, int file, boolean direct) {
    this.path = path;
    this.file = file;
    this.direct = direct;
  }

  /**
   * Opens a file or device for one process alone.
   *
   * @param wantDirect whether to try direct I/O; the file system may refuse it
   * @throws IOException saying what is in the way
   */
  static FileDevice open(Path path, boolean wantDirect) throws IOException {
    if (!LinuxMemory.available()) {
      throw new IOException(path + ": file stores need Linux");
    }
    boolean node = path.startsWith(DEVICES) && !path.startsWith(SHARED_MEMORY);
    int flags = LinuxFiles.O_RDWR | LinuxFiles.O_CLOEXEC | (node ? 0 : LinuxFiles.O_CREAT);
    int file = wantDirect ? LinuxFiles.open(path, flags | LinuxFiles.O_DIRECT) : -Errno.EINVAL;
    boolean direct = file >= 0;
    if (file == -Errno.EINVAL) {
      file = LinuxFiles.open(path, flags);
      log.warn("{}: this file system has no direct I/O, the page cache is used", path);
    }
    if (file < 0) {
      throw new IOException(path + ": " + Errno.text(-file));
    }
    int locked = LinuxFiles.lock(file);
    if (locked < 0) {
      LinuxFiles.close(file);
      throw new IOException(
          locked == -Errno.EAGAIN
              ? path + " is in use by another process; each worker needs a file of its own"
              : path + " cannot be locked: " + Errno.text(-locked));
    }
    return new FileDevice(path, file, direct);
  }

  /**
   * Makes sure that there are so many bytes, and for a file that no more are taken and that all of
   * them are on the disk already.
   *
   * @throws IOException if there are not so many
   */
  void preallocate(long bytes) throws IOException {
    long size = LinuxFiles.size(file);
    if (!Files.isRegularFile(path)) {
      if (size < bytes) {
        throw new IOException(
            "%s has %d bytes, %d are asked for".formatted(path, Math.max(0, size), bytes));
      }
      return;
    }
    if (size > bytes) {
      require("cannot be shortened", LinuxFiles.truncate(file, bytes));
    }
    int allocated = LinuxFiles.allocate(file, bytes);
    if (allocated == -Errno.EOPNOTSUPP) {
      log.warn("{}: this file system cannot preallocate, the disk may fill up later", path);
      require("cannot be lengthened", LinuxFiles.truncate(file, bytes));
    } else if (allocated < 0) {
      throw new IOException(
          "%s: %d bytes cannot be allocated (%d are free): %s"
              .formatted(
                  path, bytes, Files.getFileStore(path).getUsableSpace(), Errno.text(-allocated)));
    }
  }

  private void require(String problem, long answer) throws IOException {
    if (answer < 0) {
      throw new IOException(path + " " + problem + ": " + Errno.text((int) -answer));
    }
  }

  /** For system calls. */
  int file() {
    return file;
  }

  /** Whether the page cache is passed by. */
  boolean direct() {
    return direct;
  }

  /** Reads until the memory is full; bytes read, fewer at the file's end, or a negated errno. */
  long read(MemorySegment memory, long offset) {
    return whole(memory, offset, false);
  }

  /** Writes all of it; bytes written, fewer only if the file takes no more, or a negated errno. */
  long write(MemorySegment memory, long offset) {
    return whole(memory, offset, true);
  }

  private long whole(MemorySegment memory, long offset, boolean write) {
    long moved = 0;
    while (moved < memory.byteSize()) {
      MemorySegment rest = memory.asSlice(moved);
      long answer =
          write
              ? LinuxFiles.write(file, rest, offset + moved)
              : LinuxFiles.read(file, rest, offset + moved);
      if (answer == 0) {
        return moved;
      }
      if (answer < 0 && answer != -Errno.EINTR) {
        return answer;
      }
      moved += Math.max(0, answer);
    }
    return moved;
  }

  /** Waits until the device has what was written. */
  void sync() throws IOException {
    require("cannot be written back", LinuxFiles.sync(file));
  }

  /** Closes the file and so unlocks it. */
  @Override
  public void close() {
    LinuxFiles.close(file);
  }

  @Override
  public String toString() {
    return path + (direct ? "" : " (buffered I/O)");
  }
}
