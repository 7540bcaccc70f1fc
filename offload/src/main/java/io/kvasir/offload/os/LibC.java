package io.kvasir.offload.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.stream.Stream;

/** What the classes of system calls share: handles of C functions that keep their errno. */
@SuppressWarnings("restricted")
final class LibC {
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private LibC() {}

  /** A function of the C library; its first argument receives errno, see {@link #state}. */
  static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all =
        Stream.concat(Stream.of(Linker.Option.captureCallState("errno")), Stream.of(options))
            .toArray(Linker.Option[]::new);
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, all);
  }

  /** Room for the errno of one call. */
  static MemorySegment state(Arena arena) {
    return arena.allocate(CALL_STATE);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** What invoking a handle threw, as an unchecked exception. */
  static RuntimeException rethrown(Throwable failure) {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
