package io.kvasir.offload.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an index to one process. The lock file stays when the lock is given back; the system gives
 * it back when the process dies, however it dies. It contains the id of the process that locked it
 * last.
 */
final class IndexLock implements AutoCloseable {
  // The system knows processes only: it gives a lock back as soon as any channel of this process to
  // the file is closed. So nobody here may open a lock file a second time.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private IndexLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks, without waiting.
   *
   * @param file in an existing folder
   * @throws IOException if somebody else has it, or the file cannot be written
   */
  static IndexLock acquire(Path file) throws IOException {
    Path real = file.toAbsolutePath().resolveSibling("").toRealPath().resolve(file.getFileName());
    if (!HELD.add(real)) {
      throw new IOException("the block index of " + file + " is already open in this process");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              real, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      lock(file, channel);
      return new IndexLock(real, channel);
    } catch (IOException | RuntimeException e) {
      giveBack(real, channel);
      throw e;
    }
  }

  // The lock lives as long as the channel; nobody needs it by itself.
  private static void lock(Path file, FileChannel channel) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      ByteBuffer holder = ByteBuffer.allocate(32);
      channel.read(holder, 0);
      throw new IOException(
          "the block index is in use by process %s, which has locked %s"
              .formatted(
                  new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII)
                      .strip(),
                  file));
    }
    channel.truncate(0);
    String holder = ProcessHandle.current().pid() + "\n";
    channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  private static void giveBack(Path real, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(real);
    }
  }

  @Override
  public void close() throws IOException {
    giveBack(file, channel);
  }
}
