package io.kvasir.offload.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The system calls for files that Java has not: direct I/O, preallocation, locks of a file
 * description, vectors at an offset. Every answer is the kernel's own: not negative if it went
 * well, else the negated {@link Errno}. Thread-safe.
 */
@SuppressWarnings("restricted")
public final class LinuxFiles {
  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  public static final int O_RDWR = 0x2;
  public static final int O_CREAT = 0x40;
  public static final int O_CLOEXEC = 0x80000;

  /** Past the page cache; addresses, offsets and lengths must be aligned to 4096. */
  public static final int O_DIRECT = ARM ? 0x10000 : 0x4000;

  private static final int LOCK_EXCLUSIVE_NOW = 2 | 4;
  private static final int SEEK_END = 2;

  private static final MethodHandle OPEN =
      LibC.function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE = function("close", JAVA_INT);
  private static final MethodHandle FLOCK =
      LibC.function("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle FDATASYNC = function("fdatasync", JAVA_INT);
  private static final MethodHandle FTRUNCATE =
      LibC.function("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle FALLOCATE =
      LibC.function(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle LSEEK =
      LibC.function("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle PREAD = transfer("pread", JAVA_LONG);
  private static final MethodHandle PWRITE = transfer("pwrite", JAVA_LONG);
  private static final MethodHandle PREADV = transfer("preadv", JAVA_INT);
  private static final MethodHandle PWRITEV = transfer("pwritev", JAVA_INT);

  private LinuxFiles() {}

  /** Opens a file; a new one can be read and written by its owner only. */
  public static int open(Path path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      MemorySegment name = arena.allocateFrom(path.toString());
      return answer((int) OPEN.invokeExact(state, name, flags, 0600), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Closes a file and so gives up its lock. */
  public static int close(int file) {
    return simple(CLOSE, file);
  }

  /** Writes back what the device has not yet. */
  public static int sync(int file) {
    return simple(FDATASYNC, file);
  }

  /** Locks the open file against every other one that opened it; EAGAIN if one was first. */
  public static int lock(int file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((int) FLOCK.invokeExact(state, file, LOCK_EXCLUSIVE_NOW), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Sets a file's length. */
  public static int truncate(int file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((int) FTRUNCATE.invokeExact(state, file, bytes), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Takes a file's first bytes from the file system now and makes it at least so long. */
  public static int allocate(int file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((int) FALLOCATE.invokeExact(state, file, 0, 0L, bytes), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Size of a file or block device, bytes. */
  public static long size(int file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((long) LSEEK.invokeExact(state, file, 0L, SEEK_END), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Reads up to {@code bytes.byteSize()} bytes at an offset. */
  public static long read(int file, MemorySegment bytes, long offset) {
    return transfer(PREAD, file, bytes, offset);
  }

  /** Writes up to {@code bytes.byteSize()} bytes at an offset. */
  public static long write(int file, MemorySegment bytes, long offset) {
    return transfer(PWRITE, file, bytes, offset);
  }

  /** Reads at an offset into the pieces that {@code count} iovec structures name. */
  public static long readVectors(int file, MemorySegment vectors, int count, long offset) {
    return transferVectors(PREADV, file, vectors, count, offset);
  }

  /** Writes at an offset the pieces that {@code count} iovec structures name. */
  public static long writeVectors(int file, MemorySegment vectors, int count, long offset) {
    return transferVectors(PWRITEV, file, vectors, count, offset);
  }

  private static long transfer(MethodHandle call, int file, MemorySegment bytes, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((long) call.invokeExact(state, file, bytes, bytes.byteSize(), offset), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  private static long transferVectors(
      MethodHandle call, int file, MemorySegment vectors, int count, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((long) call.invokeExact(state, file, vectors, count, offset), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  private static int simple(MethodHandle call, int file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      return answer((int) call.invokeExact(state, file), state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  private static int answer(int result, MemorySegment state) {
    return result >= 0 ? result : -LibC.errno(state);
  }

  private static long answer(long result, MemorySegment state) {
    return result >= 0 ? result : -LibC.errno(state);
  }

  private static MethodHandle function(String name, ValueLayout argument) {
    return LibC.function(name, FunctionDescriptor.of(JAVA_INT, argument));
  }

  private static MethodHandle transfer(String name, ValueLayout size) {
    return LibC.function(
        name, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, size, JAVA_LONG));
  }
}
