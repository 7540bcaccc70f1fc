package io.kvasir.offload.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The system calls for anonymous memory, for Linux: it calls the C library. Thread-safe. */
@SuppressWarnings("restricted")
public final class LinuxMemory {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final long MAP_FAILED = -1L;
  private static final int MADV_HUGEPAGE = 14;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MMAP =
      handle(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      handle("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle MADVISE =
      handle("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment address =
          (MemorySegment)
              MMAP.invokeExact(
                  state,
                  MemorySegment.NULL,
                  bytes,
                  PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                  -1,
                  0L);
      if (address.address() == MAP_FAILED) {
        throw new OutOfMemoryError("mmap of " + bytes + " bytes failed, errno " + errno(state));
      }
      return address.reinterpret(bytes);
    } catch (Throwable failure) {
      throw rethrown(failure);
    }
  }

  /** Gives mapped memory back; no segment over it may be used afterwards. */
  public static void unmap(MemorySegment segment) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) MUNMAP.invokeExact(state, segment, segment.byteSize());
      if (result != 0) {
        throw new IllegalStateException("munmap failed, errno " + errno(state));
      }
    } catch (Throwable failure) {
      throw rethrown(failure);
    }
  }

  /** Asks for huge pages; 0 if the system took the advice, else its error number. */
  public static int adviseHugePages(MemorySegment segment) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) MADVISE.invokeExact(state, segment, segment.byteSize(), MADV_HUGEPAGE);
      return result == 0 ? 0 : errno(state);
    } catch (Throwable failure) {
      throw rethrown(failure);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }

  private static RuntimeException rethrown(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
