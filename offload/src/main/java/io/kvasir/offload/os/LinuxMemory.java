package io.kvasir.offload.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The system calls for anonymous memory, for Linux: it calls the C library. Thread-safe. */
@SuppressWarnings("restricted")
public final class LinuxMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final long MAP_FAILED = -1L;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_POPULATE_WRITE = 23;

  private static final MethodHandle MMAP =
      LibC.function(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      LibC.function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle MADVISE =
      LibC.function("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  private LinuxMemory() {}

  /** Whether this is Linux, so that the other methods may be called. */
  public static boolean available() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  /**
   * Maps zeroed memory; pages are taken from the system when first touched. The segment is valid
   * until {@link #unmap}.
   *
   * @throws OutOfMemoryError if the system refuses
   */
  public static MemorySegment map(long bytes) {
    return map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }

  /**
   * Maps a part of an open file or memory device, shared with everyone who maps it. The segment is
   * valid until {@link #unmap}, also when the file is closed before.
   *
   * @throws OutOfMemoryError if the system refuses
   */
  public static MemorySegment mapShared(int file, long bytes, long offset) {
    return map(bytes, MAP_SHARED, file, offset);
  }

  private static MemorySegment map(long bytes, int flags, int file, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      MemorySegment address =
          (MemorySegment)
              MMAP.invokeExact(
                  state, MemorySegment.NULL, bytes, PROT_READ | PROT_WRITE, flags, file, offset);
      if (address.address() == MAP_FAILED) {
        throw new OutOfMemoryError(
            "mmap of " + bytes + " bytes failed: " + Errno.text(LibC.errno(state)));
      }
      return address.reinterpret(bytes);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Gives mapped memory back; no segment over it may be used afterwards. */
  public static void unmap(MemorySegment segment) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      int result = (int) MUNMAP.invokeExact(state, segment, segment.byteSize());
      if (result != 0) {
        throw new IllegalStateException("munmap failed, errno " + LibC.errno(state));
      }
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }

  /** Asks for huge pages; 0 if the system took the advice, else its error number. */
  public static int adviseHugePages(MemorySegment segment) {
    return advise(segment, MADV_HUGEPAGE);
  }

  /**
   * Takes all pages of a mapping from the system now; 0, or the error number if it refuses (memory
   * is short) or does not know how (Linux before 5.14).
   */
  public static int populate(MemorySegment segment) {
    return advise(segment, MADV_POPULATE_WRITE);
  }

  private static int advise(MemorySegment segment, int advice) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = LibC.state(arena);
      int result = (int) MADVISE.invokeExact(state, segment, segment.byteSize(), advice);
      return result == 0 ? 0 : LibC.errno(state);
    } catch (Throwable failure) {
      throw LibC.rethrown(failure);
    }
  }
}
